/** The rule of an audience as rows, or as the text that the form sends. What cannot be rows stays text, and says why. */
import { useEffect, useMemo, useRef, useState, type KeyboardEvent } from 'react';
import { attributesIn, wrongWithin } from '../graph/happenings';
import { emptyHistory, record, redo, undo, type History } from '../graph/history';
import { emptyGroup, numbered, plain, type Group } from '../graph/rows';
import type { FieldWord } from '../graph/words';
import { written } from '../graph/writing';
import { t } from '../messages';
import type { DropTarget } from '../panel/expression/drag';
import { ModeSwitch } from '../panel/expression/ModeSwitch';
import { Simple, type SimpleHandle } from '../panel/expression/Simple';
import { isTyping } from '../shell/typing';
import { Button } from '../shell/ui';
import { api, type RowsAnswer } from '../store/api';

type Mode = 'rows' | 'text';
type Reason = RowsAnswer['reason'];

export function RuleEditor({ box }: { box: HTMLTextAreaElement }) {
  const field = box.closest<HTMLElement>('.field') ?? box;
  const readOnly = box.disabled || box.closest('fieldset')?.disabled === true;
  const [mode, setMode] = useState<Mode | null>(null);
  const [rows, setRows] = useState<Group>(emptyGroup);
  const [reason, setReason] = useState<Reason | null>(null);
  const [failed, setFailed] = useState(false);
  const [tried, setTried] = useState(false);
  const [history, setHistory] = useState<History<Group>>(emptyHistory<Group>());
  const [words, setWords] = useState<readonly FieldWord[]>([]);
  const [audiences, setAudiences] = useState<readonly string[]>();
  const target = useRef<DropTarget | null>(null);
  const simple = useRef<SimpleHandle>(null);
  /** The text as it was read, and its rows: rows put back as they were are that text again, however it was spaced. */
  const read = useRef({ text: '', rows: '' });
  const now = useRef({ mode, rows });
  now.current = { mode, rows };
  const said = useMemo(() => written(rows), [rows]);
  const attributes = useMemo(() => attributesIn(words), [words]);

  useEffect(() => {
    let here = true;
    api.audienceVocabulary().then(({ fields }) => here && setWords(fields), () => undefined);
    api.audiences().then(({ results }) => here && setAudiences(results.map((one) => one.name).filter((name) => name !== box.dataset.audience)), () => undefined);
    void choose('rows');
    return () => {
      here = false;
    };
  }, []);
  useEffect(() => {
    if (mode) field.hidden = mode === 'rows';
    field.classList.remove('awaits-rows');
  }, [mode]);
  // What is not complete is not sent.
  useEffect(() => {
    const form = box.form;
    const sent = (event: SubmitEvent): void => {
      const [first] = now.current.mode === 'rows' && box.offsetParent === null && form?.querySelector('.by-rule')?.checkVisibility() ? wrongWithin(now.current.rows) : [];
      if (first === undefined) return;
      event.preventDefault();
      event.stopPropagation();
      setTried(true);
      requestAnimationFrame(() => simple.current?.focusOn(first));
    };
    form?.addEventListener('submit', sent, true);
    return () => form?.removeEventListener('submit', sent, true);
  }, []);

  /** Into the form; asked about by its page, unless something is not complete yet. */
  const write = (next: Group): void => {
    box.value = JSON.stringify(plain(next)) === read.current.rows ? read.current.text : written(next).text;
    if (wrongWithin(next).length === 0) box.dispatchEvent(new Event('input', { bubbles: true }));
  };
  const show = (next: Group): void => {
    now.current = { ...now.current, rows: next };
    setRows(next);
    write(next);
  };
  const choose = async (next: Mode): Promise<void> => {
    setReason(null);
    setFailed(false);
    if (next === 'text') return setMode('text');
    const text = box.value;
    try {
      const answer: RowsAnswer = text.trim() ? await api.audienceRows(text) : { rows: plain(emptyGroup()) };
      if (!answer.rows) {
        setReason(answer.reason);
        return setMode('text');
      }
      read.current = { text, rows: JSON.stringify(answer.rows) };
      setHistory(emptyHistory<Group>());
      setRows(numbered(answer.rows));
      return setMode('rows');
    } catch {
      setFailed(true);
      return setMode('text');
    }
  };
  const keys = (event: KeyboardEvent): void => {
    if (event.key === 'Enter' && event.target instanceof HTMLInputElement) event.preventDefault(); // it sends no form
    const key = event.key.toLowerCase();
    if (!(event.ctrlKey || event.metaKey) || (key !== 'z' && key !== 'y') || isTyping(event.target) || readOnly) return;
    event.preventDefault();
    const found = (key === 'y' || event.shiftKey ? redo : undo)(history, rows);
    if (!found) return;
    setHistory(found.history);
    show(found.present);
  };

  const open = wrongWithin(rows).length;
  return (
    <div className={`rule-editor is-${mode ?? 'rows'}`} role="group" aria-label={t.ruleConditions} onKeyDown={keys} onInput={(event) => event.stopPropagation()}>
      <div className="rule-head">
        <ModeSwitch label={t.ruleMode} modes={[['rows', t.ruleRows], ['text', t.ruleText]]} mode={mode} onChoose={(one) => void choose(one)} />
      </div>
      {reason && <p className="callout is-warning" role="alert"><strong>{t.notAsRows}.</strong> {reason.message} {t.problemAt(reason.line, reason.column)}.</p>}
      {failed && <div className="callout is-warning" role="alert">{t.cannotRead} <Button onClick={() => void choose('rows')}>{t.retry}</Button></div>}
      {mode === null && <div className="skeleton-lines" role="status" aria-label={t.readingRows}><i /><i /></div>}
      {mode === 'rows' && (
        <>
          <Simple
            rows={rows}
            readOnly={readOnly}
            fields={attributes}
            words={words}
            audiences={audiences}
            noRowsText={t.noRowsYet}
            written={said}
            verdict={null}
            tried={tried}
            target={target}
            handle={simple}
            onChange={(next, key) => {
              const before = now.current.rows;
              setHistory((known) => record(known, before, key, Date.now()));
              show(next);
            }}
          />
          {tried && open > 0 && <p className="says is-error" role="alert">{t.incomplete(open)}</p>}
        </>
      )}
    </div>
  );
}
