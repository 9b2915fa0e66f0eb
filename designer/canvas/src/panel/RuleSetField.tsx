/** The choice of a rule set: those of the sandbox, asked for when the form is opened. */
import { useEffect, useState } from 'react';
import { t } from '../messages';
import { api, type RuleSet } from '../store/api';
import { useForm, type ControlProps } from './fields';

export function RuleSetField({ path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const [ruleSets, setRuleSets] = useState<readonly RuleSet[] | null>(null);
  useEffect(() => {
    let isHere = true;
    api.ruleSets().then(({ results }) => isHere && setRuleSets(results), () => undefined);
    return () => {
      isHere = false;
    };
  }, []);
  const name = String(value ?? '');
  const chosen = ruleSets?.find((one) => one.name === name);
  return (
    <>
      <select id={id} className="input" disabled={readOnly} value={name} aria-invalid={invalid || undefined} aria-describedby={describe} onChange={(event) => put(path, event.target.value)}>
        <option value="">{t.noRuleSet}</option>
        {name && !chosen && <option value={name}>{name}</option>}
        {ruleSets?.map((one) => <option key={one.id} value={one.name}>{one.name}</option>)}
      </select>
      {chosen && <p className="help">{t.capsOf(chosen.entries_per_day, chosen.entries_per_week, chosen.entries_per_month, chosen.journeys_at_once)}</p>}
      {name && ruleSets && !chosen && !invalid && <p className="says is-error">{t.unknownRuleSet(name)}</p>}
      {ruleSets?.length === 0 && !name && <p className="help">{t.noRuleSets}</p>}
    </>
  );
}
