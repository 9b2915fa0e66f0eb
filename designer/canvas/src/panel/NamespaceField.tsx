/** What people are known by in a journey that begins with an audience: the one chosen last stands there already. Or what its runs are about. */
import { useEffect, useState } from 'react';
import { t } from '../messages';
import { api, type NamespaceInfo } from '../store/api';
import { keepList, keptList } from '../store/kept';
import { useForm, type ControlProps } from './fields';

const LAST = 'namespace';

export function NamespaceField({ field, path, value, id, invalid, describe }: ControlProps) {
  const { put, readOnly } = useForm();
  const [namespaces, setNamespaces] = useState<readonly NamespaceInfo[] | null>(null);
  const code = String(value ?? '');
  const ofThings = field.schema['x-widget'] === 'thing-namespace';
  useEffect(() => {
    let isHere = true;
    api.namespaces(ofThings ? 'things' : 'people').then(({ results }) => {
      if (!isHere) return;
      setNamespaces(results);
      const [last] = keptList(LAST);
      if (!ofThings && !code && !readOnly && last && results.some((one) => one.code === last)) put(path, last);
    }, () => undefined);
    return () => {
      isHere = false;
    };
    // Once for each field that is opened: what is chosen later is the person's.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [path]);
  const choose = (chosen: string) => {
    if (chosen && !ofThings) keepList(LAST, [chosen]);
    put(path, chosen);
  };
  return (
    <select id={id} className="input" disabled={readOnly} value={code} aria-invalid={invalid || undefined} aria-describedby={describe} onChange={(event) => choose(event.target.value)}>
      <option value="">{ofThings ? t.none : t.chooseNamespace}</option>
      {code && !namespaces?.some((one) => one.code === code) && <option value={code}>{code}</option>}
      {namespaces?.map((one) => <option key={one.code} value={one.code}>{one.title === one.code ? one.code : `${one.title} (${one.code})`}</option>)}
    </select>
  );
}
