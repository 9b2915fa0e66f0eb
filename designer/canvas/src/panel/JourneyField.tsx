/** The choice of the journey that a jump leads into, and of what its first event is told. */
import { ChevronsUpDown, CornerUpRight, ExternalLink, Plus } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import type { Json } from '../graph/types';
import { t } from '../messages';
import { Floating, SearchList } from '../shell/ui';
import { api, type JumpTarget } from '../store/api';
import { get, useCanvas } from '../store/canvas';
import { titleOf, useForm, type ControlProps } from './fields';
import { useFields } from './vocabulary';

type Row = { name: string; value: string };

export function JourneyField({ field, path, value, invalid }: ControlProps) {
  const { put, readOnly, node } = useForm();
  const [targets, setTargets] = useState<JumpTarget[] | null>(null);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  const revision = useCanvas((state) => state.revision);
  const told = useCanvas((state) => state.graph.nodes.find((one) => one.id === node)?.settings.fields);
  const words = useFields(node);
  useEffect(() => {
    let here = true;
    api.jumpTargets().then((answer) => here && setTargets(answer.results), () => here && setTargets([]));
    return () => {
      here = false;
    };
  }, [revision]);
  const chosen = targets?.find((one) => one.id === String(value ?? ''));
  const rows = (Array.isArray(told) ? told : []) as unknown as Row[];
  const missing = chosen?.fields.filter((one) => !rows.some((row) => row.name === one.name)) ?? [];
  /** The field of the same name that the person's events have on the way here, as an expression. */
  const same = (name: string): string => words.find((one) => one.source === 'event' && one.path?.join('.') === name)?.insert ?? '';
  const choose = (target: JumpTarget): void => {
    setOpen(false);
    put(path, Number(target.id));
    put('event', target.event);
    put('fields', target.fields.map(({ name }) => ({ name, value: rows.find((row) => row.name === name)?.value || same(name) })).filter((row) => row.value) as unknown as Json);
  };
  const label = chosen?.name ?? (value ? t.unknownJourney(String(value)) : t.chooseJourney);
  const box = button.current?.getBoundingClientRect();
  return (
    <>
      <button type="button" ref={button} className={`input picker ${value ? '' : 'is-empty'}`} aria-haspopup="listbox" aria-expanded={open} aria-invalid={invalid || undefined} aria-label={`${titleOf(field)}: ${label}`} disabled={readOnly} onClick={() => setOpen(true)}>
        <CornerUpRight size={14} aria-hidden />
        <span>{targets === null && value ? '…' : label}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {chosen && <a className="help is-link" href={chosen.url} target="_blank" rel="noreferrer">{t.openJourney(chosen.name)} <ExternalLink size={12} aria-hidden /></a>}
      {!readOnly && missing.length > 0 && (
        <div className="jump-fields" role="group" aria-label={t.fieldsOfTarget(chosen?.event ?? '')}>
          <p className="help">{t.fieldsOfTarget(chosen?.event ?? '')}</p>
          {missing.map((one) => (
            <button key={one.name} type="button" className="chip is-button" title={one.type} onClick={() => put('fields', [...rows, { name: one.name, value: same(one.name) }] as unknown as Json, true)}>
              <Plus size={12} aria-hidden /> {one.name}
            </button>
          ))}
        </div>
      )}
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={box.width} onClose={() => setOpen(false)}>
          <SearchList
            label={titleOf(field)}
            placeholder={t.searchJourneys}
            empty={targets === null ? t.loadingJourneys : t.noJourneys}
            options={(targets ?? []).map((one) => ({ key: one.id, label: one.name, hint: one.why_not || t.beginsWith(one.event), disabled: Boolean(one.why_not) }))}
            onChoose={(key) => {
              const target = targets?.find((one) => one.id === key);
              if (target && get().version) choose(target);
            }}
          />
        </Floating>
      )}
    </>
  );
}
