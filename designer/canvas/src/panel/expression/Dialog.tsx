/** The editor of an expression with room to work: as simple conditions or as a text, with everything that may stand here beside it. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { emptyHistory, record, redo, undo, type History } from '../../graph/history';
import { emptyGroup, numbered, plain, rowsIn, wrongIn, type Group } from '../../graph/rows';
import { written } from '../../graph/writing';
import type { Branch } from '../../graph/words';
import { t } from '../../messages';
import { api, ApiError, type RowsAnswer } from '../../store/api';
import { get, remember, stored } from '../../store/canvas';
import { isTyping } from '../../shell/typing';
import { Button, Modal } from '../../shell/ui';
import { useVocabulary } from '../vocabulary';
import { Advanced, type AdvancedHandle } from './Advanced';
import type { DropTarget } from './drag';
import { FieldTree } from './FieldTree';
import { FunctionList } from './FunctionList';
import { ModeSwitch } from './ModeSwitch';
import { useVerdict } from './setup';
import { Simple, type SimpleHandle } from './Simple';
import { TryIt } from './TryIt';

interface Props {
  value: string;
  expect: string;
  node: string;
  label: string;
  readOnly: boolean;
  onApply: (text: string) => void;
  onClose: () => void;
}

type Mode = 'simple' | 'advanced';
type Reason = NonNullable<RowsAnswer['reason']>;
/** What the rows of a text are: not asked yet, these, or none for a reason. */
type Reading = { text: string; rows: Group } | { text: string; reason: Reason | null } | null;

const SIMPLE = 'simple-conditions';

export function ExpressionDialog({ value, expect, node, label, readOnly, onApply, onClose }: Props) {
  const conditional = expect === 'boolean';
  const [mode, setMode] = useState<Mode>(conditional && stored(SIMPLE, true) ? 'simple' : 'advanced');
  const [text, setText] = useState(value);
  const [reading, setReading] = useState<Reading>(value.trim() ? null : { text: value, rows: emptyGroup() });
  const [refused, setRefused] = useState<{ reason: Reason | null } | null>(null);
  const [history, setHistory] = useState<History<Group>>(emptyHistory<Group>());
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const [side, setSide] = useState<'fields' | 'functions'>('fields');
  const words = useVocabulary(node);
  const target = useRef<DropTarget | null>(null);
  const advanced = useRef<AdvancedHandle>(null);
  const simple = useRef<SimpleHandle>(null);
  const read = useRef(reading && 'rows' in reading ? { text: value, rows: JSON.stringify(plain(reading.rows)) } : { text: value, rows: '' });

  const rows = reading && 'rows' in reading ? reading.rows : null;
  const open = rows ? rowsIn(rows).filter((row) => wrongIn(row)).length : 0;
  const changed = !readOnly && (text !== value || (mode === 'simple' && rows !== null && open > 0 && JSON.stringify(plain(rows)) !== read.current.rows));
  /** What was typed in this very moment, for the key that applies it. */
  const latest = useRef<{ text: string; rows: Group | null }>({ text, rows });
  latest.current = { text, rows };
  const places = useMemo(() => (rows ? written(rows) : null), [rows]);
  // Rows are judged by the text that they would be written as: where each stands in it is known.
  const verdict = useVerdict(mode === 'simple' && places ? places.text : text, expect, node);

  useEffect(() => {
    if (mode !== 'simple' || (reading && reading.text === text)) return undefined;
    const stop = new AbortController();
    api.expressionRows(text, node, get().graph, stop.signal).then(
      (answer) => setReading(taken(text, answer)),
      (error: unknown) => error instanceof ApiError && setReading({ text, reason: null }),
    );
    return () => stop.abort();
  }, [mode, text, reading]);

  const taken = (of: string, answer: RowsAnswer): Reading => {
    if (!answer.rows) return { text: of, reason: answer.reason ?? null };
    read.current = { text: of, rows: JSON.stringify(answer.rows) };
    setHistory(emptyHistory<Group>());
    return { text: of, rows: numbered(answer.rows) };
  };

  const show = (next: Group): void => {
    // Put back as it was, it is the text that it was read from, however that was spaced.
    const now = JSON.stringify(plain(next)) === read.current.rows ? read.current.text : written(next).text;
    latest.current = { text: now, rows: next };
    setText(now);
    setReading({ text: now, rows: next });
  };
  /** `key`: typing into one value is one step. */
  const changeRows = (next: Group, key: string | null): void => {
    const before = latest.current.rows;
    if (before) setHistory((known) => record(known, before, key, Date.now()));
    show(next);
  };
  const changeText = (now: string): void => {
    latest.current = { text: now, rows: null };
    setText(now);
    setRefused(null);
  };
  const step = (way: typeof undo): void => {
    const found = rows && way(history, rows);
    if (!found) return;
    setHistory(found.history);
    show(found.present);
  };

  const choose = async (next: Mode): Promise<void> => {
    if (next === mode) return;
    setRefused(null);
    if (next === 'advanced') {
      setMode('advanced');
      return;
    }
    if (!(reading && 'rows' in reading && reading.text === text)) {
      const answer = text.trim() ? await api.expressionRows(text, node, get().graph).catch(() => null) : { rows: plain(emptyGroup()) };
      if (!answer?.rows) {
        setRefused({ reason: answer?.reason ?? null });
        return;
      }
      setReading(taken(text, answer));
    }
    setMode('simple');
  };
  /** By the switch: the next condition opens in the same way. */
  const prefer = (next: Mode): void => {
    remember(SIMPLE, next === 'simple');
    void choose(next);
  };

  const apply = (): void => {
    if (readOnly) return onClose();
    const wrong = mode === 'simple' && latest.current.rows ? rowsIn(latest.current.rows).find((row) => wrongIn(row)) : undefined;
    if (!wrong) return onApply(latest.current.text);
    setTried(true);
    simple.current?.focusOn(wrong.id);
  };
  const leave = (): void => (changed ? setAsking(true) : onClose());
  const insertField = (field: Branch): void => (mode === 'simple' ? simple.current?.insertField(field) : advanced.current?.insertField(field));

  return (
    <>
      <Modal
        title={label}
        className="is-editor"
        onClose={leave}
        onKeyDown={(event) => {
          if (!(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
          const key = event.key.toLowerCase();
          const undoes = mode === 'simple' && !readOnly && !isTyping(event.target) && (key === 'z' || key === 'y');
          if (key !== 'enter' && !undoes) return;
          event.preventDefault();
          if (undoes) step(key === 'y' || event.shiftKey ? redo : undo);
          else apply();
        }}
        tools={
          conditional && (
            <ModeSwitch label={t.editorMode} modes={[['simple', t.simple], ['advanced', t.advancedEditor]]} mode={mode} onChoose={prefer} />
          )
        }
        footer={
          <>
            {!readOnly && tried && mode === 'simple' && open > 0 && <p className="foot-says is-error" role="alert">{t.incomplete(open)}</p>}
            <Button onClick={leave}>{readOnly ? t.close : t.cancel}</Button>
            {!readOnly && <Button tone="primary" title="Ctrl Enter" onClick={apply}>{t.apply}</Button>}
          </>
        }
      >
        <div className="editor">
          <aside className="editor-side">
            {mode === 'advanced' && (
              <div className="tabs" role="tablist">
                {(['fields', 'functions'] as const).map((one) => (
                  <button key={one} type="button" role="tab" aria-selected={side === one} onClick={() => setSide(one)}>{t[one]}</button>
                ))}
              </div>
            )}
            {mode === 'simple' || side === 'fields' ? (
              <FieldTree fields={words.fields} readOnly={readOnly || (mode === 'simple' && !rows)} hint={mode === 'simple' ? t.dragHint : t.fieldsHint} target={target} onInsert={insertField} />
            ) : (
              <FunctionList functions={words.functions} readOnly={readOnly} onInsert={(one) => advanced.current?.insertFunction(one)} />
            )}
          </aside>
          <div className="editor-main">
            {refused && mode === 'advanced' && <Refused reason={refused.reason} onShow={(from, to) => advanced.current?.goTo(from, to)} />}
            {mode === 'advanced' ? (
              <Advanced text={text} expect={expect} node={node} label={label} readOnly={readOnly} words={words} verdict={verdict} target={target} handle={advanced} onChange={changeText} onApply={apply} />
            ) : rows && places ? (
              <Simple rows={rows} readOnly={readOnly} fields={words.fields} written={places} verdict={verdict?.text === places.text ? verdict : null} tried={tried} target={target} handle={simple} onChange={changeRows} />
            ) : reading && 'reason' in reading ? (
              <NoRows text={text} reason={reading.reason} onOpen={() => void choose('advanced')} onRetry={() => setReading(null)} />
            ) : (
              <div className="skeleton-lines" role="status" aria-label={t.readingRows}><i /><i /><i /></div>
            )}
            <TryIt text={text} expect={expect} node={node} />
          </div>
        </div>
      </Modal>
      {asking && (
        <Modal
          title={t.discardTitle}
          onClose={() => setAsking(false)}
          footer={
            <>
              <Button data-first onClick={() => setAsking(false)}>{t.keepEditing}</Button>
              <Button tone="danger" onClick={onClose}>{t.discard}</Button>
            </>
          }
        >
          <p>{t.discardText}</p>
        </Modal>
      )}
    </>
  );
}

/** Why it cannot be switched to rows. */
function Refused({ reason, onShow }: { reason: Reason | null; onShow: (from: number, to: number) => void }) {
  if (!reason) return <div className="callout is-warning" role="alert">{t.cannotRead}</div>;
  return (
    <div className="callout is-warning" role="alert">
      <strong>{t.cannotBeRows}.</strong> {reason.message}{' '}
      <button type="button" className="link" onClick={() => onShow(reason.from, reason.to)}>{t.problemAt(reason.line, reason.column)}</button>
    </div>
  );
}

/** Why there are no rows, the text that they were asked of, and the way on. */
function NoRows({ text, reason, onOpen, onRetry }: { text: string; reason: Reason | null; onOpen: () => void; onRetry: () => void }) {
  return (
    <div className="no-rows">
      <h3>{reason ? t.cannotBeRows : t.cannotRead}</h3>
      {reason && <p className="no-rows-why">{reason.message} <small>{t.problemAt(reason.line, reason.column)}</small></p>}
      <pre>{reason ? <>{text.slice(0, reason.from)}<mark>{text.slice(reason.from, reason.to)}</mark>{text.slice(reason.to)}</> : text}</pre>
      <p>{t.cannotBeRowsText}</p>
      <div className="actions">
        <Button tone="primary" onClick={onOpen}>{t.openAdvanced}</Button>
        {!reason && <Button onClick={onRetry}>{t.retry}</Button>}
      </div>
    </div>
  );
}
