/** The choice of an audience: those of the sandbox, with how many people are in them; its id and name to copy. */
import { ChevronsUpDown, Copy, Users } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { t } from '../messages';
import { api, type AudienceInfo } from '../store/api';
import { copyText } from '../store/clips';
import { Floating, SearchList } from '../shell/ui';
import { useForm, type ControlProps } from './fields';

export function AudienceField({ field, path, value, invalid }: ControlProps) {
  const { put, readOnly } = useForm();
  const [audiences, setAudiences] = useState<readonly AudienceInfo[] | null>(null);
  const [open, setOpen] = useState(false);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    let isHere = true;
    api.audiences().then(({ results }) => isHere && setAudiences(results), () => undefined);
    return () => {
      isHere = false;
    };
  }, []);
  const name = String(value ?? '');
  const chosen = audiences?.find((one) => one.name === name);
  const box = button.current?.getBoundingClientRect();
  const label = field.schema.title ?? t.audience;
  return (
    <>
      <button type="button" ref={button} className={`input picker ${name ? '' : 'is-empty'}`} aria-haspopup="listbox" aria-expanded={open} aria-invalid={invalid || undefined} aria-label={`${label}: ${name || t.chooseAudience}`} disabled={readOnly} onClick={() => setOpen(true)}>
        <Users size={14} aria-hidden />
        <span>{name || t.chooseAudience}</span>
        <ChevronsUpDown size={14} aria-hidden />
      </button>
      {chosen && (
        <p className="help">
          {t.saysAudience(chosen.size, chosen.evaluation, chosen.evaluated_at)}{' '}
          <button type="button" className="link" onClick={() => copyText(JSON.stringify({ name: chosen.name, id: chosen.id }))}>
            <Copy size={12} aria-hidden /> {t.copyAudience}
          </button>
        </p>
      )}
      {name && audiences && !chosen && !invalid && <p className="says is-error">{t.unknownAudience(name)}</p>}
      {audiences?.length === 0 && !name && <p className="help">{t.noAudiencesYet}</p>}
      {open && box && (
        <Floating at={{ x: box.left, y: box.bottom + 4 }} width={box.width} onClose={() => setOpen(false)}>
          <SearchList
            label={label}
            placeholder={t.searchAudiences}
            empty={t.noAudiences}
            options={(audiences ?? []).map((one) => ({ key: one.name, label: one.name, hint: t.saysAudience(one.size, one.evaluation, one.evaluated_at) }))}
            onChoose={(key) => {
              put(path, key);
              setOpen(false);
            }}
          />
        </Floating>
      )}
    </>
  );
}
