/** The form of a step's settings, drawn from the schema of its activity. No activity has code of its own here. */
import { ChevronDown, ChevronUp, GripVertical, Plus, Trash2 } from 'lucide-react';
import { Fragment, lazy, Suspense, useId, useRef, useState } from 'react';
import { fieldsOf, isShown, move, newRow, resolve, type Field } from '../graph/schema';
import type { Json, Problem, Schema, Settings } from '../graph/types';
import { t } from '../messages';
import { IconButton } from '../shell/ui';
import { useCanvas } from '../store/canvas';
import { DurationControl, JsonControl, ListControl, NumberControl, ProfileField } from './controls';
import { ChoicesControl, DayControl, HourControl, MomentControl, ZoneControl } from './times';
import { EventField } from './EventField';
import { JourneyField } from './JourneyField';
import type { EditorProps } from './expression/Editor';
import { LiquidField } from './LiquidField';
import { AudienceField } from './AudienceField';
import { NamespaceField } from './NamespaceField';
import { RuleSetField } from './RuleSetField';
import { controlOf, Form, titleOf, useForm, type ControlProps, type FormContext } from './fields';

const editor = (): Promise<typeof import('./expression/Editor')> => import('./expression/Editor');
/** Fetched when there is time, so that it is here when the network is not. */
export const fetchEditor = (): void => void editor().catch(() => undefined);
const ExpressionEditor = lazy(() => editor().catch(() => ({ default: PlainExpression })));

/** An expression without colours and suggestions, when the editor cannot be fetched. */
function PlainExpression({ value, label, placeholder, readOnly, onChange }: EditorProps) {
  return <textarea className="input is-code" rows={2} aria-label={label} placeholder={placeholder} readOnly={readOnly} value={value} onChange={(event) => onChange(event.target.value)} />;
}

export function SettingsForm({ context, settings, schema, hidden, unfolded = false, after = {} }: { context: FormContext; settings: Settings; schema: Schema; hidden: readonly string[]; unfolded?: boolean; /** What else stands below a field, by its name. */ after?: Readonly<Record<string, React.ReactNode>> }) {
  const fields = fieldsOf(context.root, schema).filter((field) => isShown(field, settings, hidden));
  const plain = fields.filter((field) => !field.schema['x-group']);
  const groups = new Map<string, Field[]>();
  for (const field of fields) {
    const name = field.schema['x-group'];
    if (name) groups.set(name, [...(groups.get(name) ?? []), field]);
  }
  return (
    <Form.Provider value={context}>
      {plain.map((field) => <FieldRow key={field.name} field={field} path={field.name} value={settings[field.name]} />)}
      {[...groups].map(([name, some]) => (
        <details key={name} className="group" open={unfolded || some.some((field) => context.problems.some((one) => one.field?.startsWith(field.name))) || undefined}>
          <summary>{name}</summary>
          <div className="group-body">
            {some.map((field) => (
              <Fragment key={field.name}>
                <FieldRow field={field} path={field.name} value={settings[field.name]} named={some.length === 1 && titleOf(field) === name} />
                {after[field.name]}
              </Fragment>
            ))}
          </div>
        </details>
      ))}
    </Form.Provider>
  );
}

/** A label, the control, what the server says about it. `named`: what stands above it says its label already. */
function FieldRow({ field, path, value, named = false }: { field: Field; path: string; value: Json | undefined; named?: boolean }) {
  const form = useForm();
  const { problems, put } = form;
  const id = useId();
  const { schema } = field;
  const needs = schema['x-needs'];
  const may = useCanvas((state) => !needs || Boolean(state.version?.permissions[needs]));
  const readOnly = form.readOnly || !may;
  const own = problems.filter((one) => one.field === path || (schema.type !== 'array' && schema.type !== 'object' && one.field?.startsWith(`${path}.`)));
  const control = controlOf(field);
  const describe = [schema.description ? `${id}-d` : '', own.length ? `${id}-p` : ''].filter(Boolean).join(' ') || undefined;
  if (control === 'boolean') {
    return (
      <div className="field is-switch" data-field={path}>
        <label className="switch">
          <input type="checkbox" role="switch" id={id} checked={Boolean(value)} disabled={readOnly} aria-describedby={describe} onChange={(event) => put(path, event.target.checked)} />
          <span className="switch-track" aria-hidden />
          <span className="switch-text">{titleOf(field)}</span>
        </label>
        {schema.description && <p className="help" id={`${id}-d`}>{schema.description}</p>}
        <Says problems={own} id={`${id}-p`} />
      </div>
    );
  }
  const labelled = ['rows', 'expression', 'event', 'journey', 'object', 'time-zone', 'choices'].includes(control);
  const Tag = labelled ? 'span' : 'label';
  return (
    <div className={`field is-${control}`} data-field={path} role={labelled ? 'group' : undefined} aria-labelledby={labelled ? `${id}-l` : undefined}>
      <div className={named ? 'unseen' : 'field-head'}>
        <Tag id={`${id}-l`} className="field-label" {...(labelled ? {} : { htmlFor: id })}>{titleOf(field)}</Tag>
        {!field.required && control === 'text' && schema.default === undefined && field.nullable && <span className="field-optional">{t.optional}</span>}
      </div>
      <Form.Provider value={readOnly === form.readOnly ? form : { ...form, readOnly }}>
        <Control field={field} path={path} value={value} id={id} invalid={own.some((one) => one.severity === 'error')} describe={describe} />
      </Form.Provider>
      {schema.description && <p className="help" id={`${id}-d`}>{schema.description}</p>}
      {control !== 'expression' || own.some((one) => one.code === 'ERR_MISSING_SETTING') || !value ? <Says problems={own} id={`${id}-p`} /> : null}
    </div>
  );
}

function Says({ problems, id }: { problems: readonly Problem[]; id: string }) {
  if (problems.length === 0) return null;
  return (
    <div className="says" id={id}>
      {problems.map((one, at) => (
        <p key={at} className={one.severity === 'error' ? 'is-error' : 'is-warning'}>
          {one.message}{one.hint ? <span> {one.hint}</span> : null}
        </p>
      ))}
    </div>
  );
}

function Control(props: ControlProps) {
  const { field, path, value, id, invalid, describe } = props;
  const { put, readOnly, node, root } = useForm();
  const { schema } = field;
  const text = value === undefined || value === null ? '' : String(value);
  const common = { id, className: 'input', readOnly: readOnly || schema.readOnly, 'aria-invalid': invalid || undefined, 'aria-describedby': describe, placeholder: schema['x-placeholder'], spellCheck: false };
  switch (controlOf(field)) {
    case 'event':
      return <EventField type={schema['x-widget'] === 'business-event' ? 'business' : 'unitary'} value={text} readOnly={readOnly} invalid={invalid} label={titleOf(field)} onChange={(name) => put(path, name)} />;
    case 'journey':
      return <JourneyField {...props} />;
    case 'liquid':
      return <LiquidField kind={schema['x-widget'] ?? 'liquid-text'} id={id} value={text} readOnly={readOnly} invalid={invalid} describe={describe} placeholder={schema['x-placeholder']} node={node} onChange={(next) => put(path, next)} />;
    case 'expression':
      return (
        <Suspense fallback={<div className="expression is-loading"><code>{text || ' '}</code></div>}>
          <ExpressionEditor
            value={text}
            expect={schema['x-expect'] ?? 'any'}
            node={node}
            label={titleOf(field)}
            placeholder={schema['x-placeholder'] ?? ''}
            readOnly={readOnly}
            onChange={(next) => put(path, next === '' && field.nullable ? null : next)}
            onApply={(next) => put(path, next === '' && field.nullable ? null : next, true)}
          />
        </Suspense>
      );
    case 'moment':
      return <MomentControl {...props} />;
    case 'day':
      return <DayControl {...props} />;
    case 'hour':
      return <HourControl {...props} />;
    case 'choices':
      return <ChoicesControl {...props} />;
    case 'time-zone':
      return <ZoneControl {...props} />;
    case 'duration':
      return <DurationControl {...props} />;
    case 'enum':
      return (
        <select {...common} disabled={readOnly} value={JSON.stringify(value ?? null)} onChange={(event) => put(path, JSON.parse(event.target.value) as Json)}>
          {(field.nullable || value === undefined || value === null) && <option value="null">{field.nullable ? t.none : t.choose}</option>}
          {(schema.enum ?? [schema.const as Json]).map((one) => <option key={JSON.stringify(one)} value={JSON.stringify(one)}>{schema['x-labels']?.[String(one)] ?? String(one)}</option>)}
        </select>
      );
    case 'number':
      return <NumberControl {...props} />;
    case 'list':
      return <ListControl {...props} />;
    case 'rows':
      return <Rows {...props} />;
    case 'object':
      return (
        <div className="object">
          {fieldsOf(root, schema).filter((one) => isShown(one, (value ?? {}) as Settings)).map((one) => (
            <FieldRow key={one.name} field={one} path={`${path}.${one.name}`} value={((value ?? {}) as Settings)[one.name]} />
          ))}
        </div>
      );
    case 'profile-field':
      return <ProfileField {...props} />;
    case 'rule-set':
      return <RuleSetField {...props} />;
    case 'audience':
      return <AudienceField {...props} />;
    case 'namespace':
      return <NamespaceField {...props} />;
    case 'json':
      return <JsonControl {...props} />;
    default:
      return <input {...common} type="text" value={text} maxLength={schema.maxLength} onChange={(event) => put(path, event.target.value === '' && field.nullable ? null : event.target.value)} />;
  }
}

/** A list of objects: add, remove, and put in another order with buttons or by dragging. */
function Rows({ field, path, value }: ControlProps) {
  const { put, readOnly, root, problems } = useForm();
  const list = Array.isArray(value) ? value : [];
  const item = resolve(root, field.schema.items ?? {}).schema;
  const inner = fieldsOf(root, item).filter((one) => one.name !== 'id');
  const one = singular(titleOf(field));
  const body = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<{ from: number; to: number } | null>(null);
  const keyOf = (row: Json, at: number): string => (row !== null && typeof row === 'object' && !Array.isArray(row) && typeof row.id === 'string' ? row.id : String(at));
  const reorder = (from: number, to: number): void => {
    if (to < 0 || to >= list.length || from === to) return;
    put(path, move(list, from, to));
  };
  const onDrag = (at: number) => (event: React.PointerEvent<HTMLElement>) => {
    if (readOnly || event.button !== 0) return;
    event.preventDefault();
    event.currentTarget.setPointerCapture(event.pointerId);
    setDrag({ from: at, to: at });
  };
  const onMove = (event: React.PointerEvent): void => {
    if (!drag) return;
    const rows = [...(body.current?.children ?? [])];
    const over = rows.findIndex((row) => {
      const box = row.getBoundingClientRect();
      return event.clientY < box.top + box.height / 2;
    });
    const slot = over < 0 ? list.length - 1 : over > drag.from ? over - 1 : over;
    if (slot !== drag.to) setDrag({ ...drag, to: slot });
  };
  const onDrop = (): void => {
    if (drag) reorder(drag.from, drag.to);
    setDrag(null);
  };
  const mark = (at: number): string => (!drag || drag.from === drag.to ? '' : at === drag.to ? (drag.to > drag.from ? 'drop-after' : 'drop-before') : at === drag.from ? 'is-dragged' : '');
  const alone = inner.length === 1; // its name is said by the row
  const line = alone && controlOf(inner[0]) === 'number';
  const short = inner.length === 2 && inner.every((each) => ['text', 'number', 'enum'].includes(controlOf(each)));
  return (
    <div className="rows">
      <ol ref={body}>
        {list.map((row, at) => (
          <li key={keyOf(row, at)} className={`row ${line ? 'is-line' : ''} ${mark(at)}`} data-row={at} data-field={`${path}.${at}`}>
            <div className="row-head">
              {!readOnly && (
                <span className="grip" title={t.dragRow} onPointerDown={onDrag(at)} onPointerMove={onMove} onPointerUp={onDrop} onPointerCancel={() => setDrag(null)}>
                  <GripVertical size={14} aria-hidden />
                </span>
              )}
              <span className="row-name">{`${one} ${at + 1}`}</span>
              {!readOnly && (
                <span className="row-tools">
                  <IconButton label={`${t.moveUp}: ${one} ${at + 1}`} disabled={at === 0} onClick={() => reorder(at, at - 1)}><ChevronUp size={14} aria-hidden /></IconButton>
                  <IconButton label={`${t.moveDown}: ${one} ${at + 1}`} disabled={at === list.length - 1} onClick={() => reorder(at, at + 1)}><ChevronDown size={14} aria-hidden /></IconButton>
                  <IconButton label={`${t.removeRow}: ${one} ${at + 1}`} disabled={list.length <= (field.schema.minItems ?? 0)} onClick={() => put(path, list.filter((_, index) => index !== at))}><Trash2 size={14} aria-hidden /></IconButton>
                </span>
              )}
            </div>
            <div className={`row-fields ${short ? 'is-short' : ''}`}>
              {inner.filter((each) => isShown(each, (row ?? {}) as Settings)).map((each) => (
                <FieldRow key={each.name} named={alone} field={each} path={`${path}.${at}.${each.name}`} value={((row ?? {}) as Settings)[each.name]} />
              ))}
            </div>
            <Says problems={problems.filter((each) => each.field === `${path}.${at}`)} id={`${path}.${at}-p`} />
          </li>
        ))}
      </ol>
      {!readOnly && (
        <button type="button" className="button is-quiet add-row" disabled={list.length >= (field.schema.maxItems ?? Infinity)} onClick={() => put(path, [...list, newRow(root, list, field.name, item)])}>
          <Plus size={14} aria-hidden /> {t.addRow(one.toLowerCase())}
        </button>
      )}
    </div>
  );
}

/** What one row of a list is called: Paths, Path. A list with a name such as Body has entries. */
const singular = (text: string): string => (text.endsWith('criteria') ? `${text.slice(0, -1)}on` : text.endsWith('ies') ? `${text.slice(0, -3)}y` : text.endsWith('s') ? text.slice(0, -1) : t.entry);
