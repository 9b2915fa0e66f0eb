/** One row: the field, what is asked, and what it is compared with. */
import { ChevronsUpDown, Users } from 'lucide-react';
import { useId, useRef, useState } from 'react';
import { kindOf, mayBeNegated, offered, type Kind } from '../../graph/operators';
import { AUDIENCE, change, withField, withOperator, wrongIn, type Row } from '../../graph/rows';
import { shortName, type FieldWord } from '../../graph/words';
import { t } from '../../messages';
import { Floating, SearchList } from '../../shell/ui';
import { Grip, Tools, useParts } from './parts';
import { Values } from './Values';

export function Condition({ row, number }: { row: Row; number: number }) {
  const { rows, readOnly, fields, audiences, tried, put, problemsOf, landing } = useParts();
  const kind = kindOf(row.type);
  const id = useId();
  const known = fields.find((field) => field.insert === row.field);
  const name = t.condition(number);
  const become = (next: Row, key?: string): void => put(change(rows, row.id, () => next), undefined, key);
  const wrong = wrongIn(row);
  const typed = row.values.some(Boolean);
  const says = wrong && (wrong !== 'missing' ? typed : tried) ? [t.wrongRow[wrong]] : wrong ? [] : problemsOf(row.id);
  // What the server says is about the field more often than not; what is known here is about the value.
  const broken = !wrong && says.length > 0;
  const describe = says.length ? id : undefined;
  const over = landing !== null && 'row' in landing && landing.row === row.id;
  return (
    <div className={`condition ${broken ? 'is-wrong' : ''}`} role="group" aria-label={name}>
      <div className="condition-line">
        <Grip id={row.id} />
        {row.type === AUDIENCE ? (
          <span className="condition-field is-fixed"><Users size={13} aria-hidden /> {t.addAudience}</span>
        ) : (
          <FieldButton row={row} field={known} over={over} invalid={broken || (tried && !row.field)} describe={describe} onChoose={(field) => become(withField(row, field.insert, field.type))} />
        )}
        <select
          className="input is-small condition-operator"
          data-on="operator"
          aria-label={`${t.operatorLabel}: ${name}`}
          disabled={readOnly}
          value={`${row.negated ? 'not ' : ''}${row.operator}`}
          onChange={(event) => {
            const negated = event.target.value.startsWith('not ');
            become(withOperator(row, event.target.value.replace(/^not /, ''), negated));
          }}
        >
          {offered[kind].map((one) => <option key={one} value={one}>{words(kind, one, false)}</option>)}
          <optgroup label={t.negative}>
            {offered[kind].filter(mayBeNegated).map((one) => <option key={one} value={`not ${one}`}>{words(kind, one, true)}</option>)}
          </optgroup>
        </select>
        <Values row={row} name={name} audiences={audiences} readOnly={readOnly} invalid={Boolean(says.length)} describe={describe} onChange={(values) => become({ ...row, values }, `values:${row.id}`)} />
        <Tools item={row} name={name} />
      </div>
      {row.field && !(known && isTold(known.type)) && (row.type === 'unknown' || row.type in t.comparedAs) && (
        <label className="compare-as">
          {t.compareAs}
          <select className="input is-small" disabled={readOnly} value={row.type} onChange={(event) => become(withField(row, row.field, event.target.value))}>
            {row.type === 'unknown' && <option value="unknown">{t.comparedAsNothing}</option>}
            {Object.entries(t.comparedAs).map(([type, word]) => <option key={type} value={type}>{word}</option>)}
          </select>
        </label>
      )}
      {says.length > 0 && <div className="says" id={id}>{says.map((one) => <p key={one} className="is-error">{one}</p>)}</div>}
    </div>
  );
}

/** Whether the type says anything: fields of data that holds now this, now that have none. */
const isTold = (type: string): boolean => type !== 'unknown' && type !== 'any' && type !== '';

function words(kind: Kind, operator: string, negated: boolean): string {
  const timely = kind === 'time' || kind === 'local' || kind === 'day';
  const table = negated ? (timely && t.notOperatorOfTime[operator] ? t.notOperatorOfTime : t.notOperator) : timely && t.operatorOfTime[operator] ? t.operatorOfTime : t.operator;
  return table[operator] ?? operator;
}

/** The field of a row: what it is called, from where; pressed, a list to choose from. */
function FieldButton({ row, field, over, invalid, describe, onChoose }: { row: Row; field: FieldWord | undefined; over: boolean; invalid: boolean; describe?: string; onChoose: (field: FieldWord) => void }) {
  const { readOnly, fields } = useParts();
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const box = button.current?.getBoundingClientRect();
  const name = field ? shortName(field) : row.field.replace(/^[@#$]\w*\{(.*)\}$/, '$1').replace(/^currentDataPackField\./, '');
  const from = field && field.source !== 'element' ? (field.root[0] ?? t.sources[field.source]) : '';
  return (
    <>
      <button
        type="button"
        ref={button}
        data-on="field"
        data-row-field={row.id}
        className={`condition-field ${row.field ? '' : 'is-empty'} ${over ? 'is-over' : ''}`}
        aria-haspopup="listbox"
        aria-expanded={open}
        aria-invalid={invalid || undefined}
        aria-describedby={describe}
        title={row.field || t.chooseField}
        disabled={readOnly}
        onClick={() => setOpen(true)}
      >
        <span className="condition-name">{row.field ? name : t.chooseField}</span>{' '}
        {from && <small>{from}</small>}
        {!readOnly && <ChevronsUpDown size={13} aria-hidden />}
      </button>
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={Math.max(320, box.width)} onClose={() => setOpen(false)}>
          <SearchList
            label={t.chooseField}
            placeholder={t.searchFields}
            empty={t.noFields}
            options={fields.map((one) => ({ key: one.insert, label: shortName(one), group: one.root[0] ?? t.sources[one.source], trail: <span className="tree-type">{one.type}</span> }))}
            onChoose={(key) => {
              const chosen = fields.find((one) => one.insert === key);
              if (chosen) onChoose(chosen);
              setOpen(false);
            }}
          />
        </Floating>
      )}
    </>
  );
}
