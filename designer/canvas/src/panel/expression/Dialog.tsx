/** The editor of an expression with room to work: as simple conditions or as a text, with everything that may stand here beside it. */
import { useEffect, useMemo, useRef, useState } from 'react';
import { emptyGroup, numbered, plain, rowsIn, wrongIn, type Group } from '../../graph/rows';
import { written } from '../../graph/writing';
import type { Branch } from '../../graph/words';
import { t } from '../../messages';
import { api, ApiError, type RowsAnswer } from '../../store/api';
import { get, remember, stored } from '../../store/canvas';
import { Button, Modal } from '../../shell/ui';
import { useVocabulary } from '../vocabulary';
import { Advanced, type AdvancedHandle } from './Advanced';
import type { DropTarget } from './drag';
import { FieldTree } from './FieldTree';
import { FunctionList } from './FunctionList';
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
  const [refused, setRefused] = useState<Reason | null>(null);
  const [tried, setTried] = useState(false);
  const [asking, setAsking] = useState(false);
  const [side, setSide] = useState<'fields' | 'functions'>('fields');
  const words = useVocabulary(node);
  const verdict = useVerdict(text, expect, node);
  const target = useRef<DropTarget | null>(null);
  const advanced = useRef<AdvancedHandle>(null);
  const simple = useRef<SimpleHandle>(null);
  const read = useRef(reading && 'rows' in reading ? { text: value, rows: JSON.stringify(plain(reading.rows)) } : { text: value, rows: '' });

  const rows = reading && 'rows' in reading ? reading.rows : null;
  const open = rows ? rowsIn(rows).filter((row) => wrongIn(row)).length : 0;
  const changed = !readOnly && (text !== value || (mode === 'simple' && rows !== null && open > 0 && JSON.stringify(plain(rows)) !== read.current.rows));
  const places = useMemo(() => (rows ? written(rows) : null), [rows]);

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
    return { text: of, rows: numbered(answer.rows) };
  };

  const changeRows = (next: Group): void => {
    // Put back as it was, it is the text that it was read from, however that was spaced.
    const now = JSON.stringify(plain(next)) === read.current.rows ? read.current.text : written(next).text;
    setText(now);
    setReading({ text: now, rows: next });
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
        setRefused(answer?.reason ?? { message: t.cannotRead, from: 0, to: 0, line: 1, column: 1 });
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
    if (mode === 'simple' && open > 0) {
      setTried(true);
      simple.current?.focusOn(rowsIn(rows ?? emptyGroup()).find((row) => wrongIn(row))?.id ?? 0);
      return;
    }
    onApply(text);
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
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.defaultPrevented) return;
          event.preventDefault();
          apply();
        }}
        tools={
          conditional && (
            <div
              className="mode-switch"
              role="radiogroup"
              aria-label={t.editorMode}
              onKeyDown={(event) => {
                if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return;
                event.preventDefault();
                const other = event.currentTarget.querySelector<HTMLElement>('[aria-checked="false"]');
                other?.focus();
                other?.click();
              }}
            >
              {(['simple', 'advanced'] as const).map((one) => (
                <button key={one} type="button" role="radio" aria-checked={mode === one} tabIndex={mode === one ? 0 : -1} onClick={() => prefer(one)}>{one === 'simple' ? t.simple : t.advancedEditor}</button>
              ))}
            </div>
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
            {refused && mode === 'advanced' && (
              <div className="callout is-warning" role="alert">
                <strong>{t.cannotBeRows}.</strong> {refused.message}{' '}
                {refused.to > 0 && <button type="button" className="link" onClick={() => advanced.current?.goTo(refused.from, refused.to)}>{t.problemAt(refused.line, refused.column)}</button>}
              </div>
            )}
            {mode === 'advanced' ? (
              <Advanced text={text} expect={expect} node={node} label={label} readOnly={readOnly} words={words} verdict={verdict} target={target} handle={advanced} onChange={setText} onApply={apply} />
            ) : rows && places ? (
              <Simple rows={rows} readOnly={readOnly} fields={words.fields} written={places} verdict={verdict?.text === places.text ? verdict : null} tried={tried} target={target} handle={simple} onChange={changeRows} />
            ) : reading && 'reason' in reading ? (
              <NoRows text={text} reason={reading.reason} onOpen={() => void choose('advanced')} onRetry={() => setReading(null)} />
            ) : (
              <div className="skeleton-lines" aria-label={t.readingRows}><i /><i /><i /></div>
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
