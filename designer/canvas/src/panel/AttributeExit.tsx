/** Who leaves by an attribute of theirs: said while the version is paused, and put into force by a button of its own. */
import { Plus, Trash2, Undo2 } from 'lucide-react';
import { useMemo, useState } from 'react';
import type { Json, Schema } from '../graph/types';
import { t } from '../messages';
import { Button, IconButton } from '../shell/ui';
import { api, type AttributeExitInfo } from '../store/api';
import { get, set, toast, useCanvas } from '../store/canvas';
import { refresh } from '../store/session';
import type { FormContext } from './fields';
import { SettingsForm } from './form';
import { putAt } from './put';
import { PROFILE } from './vocabulary';

const form = (): Schema => ({
  type: 'object',
  properties: {
    label: { type: 'string', title: t.label, maxLength: 100, default: '' },
    condition: { type: 'string', title: t.conditionOfAttribute, format: 'expression', 'x-expect': 'boolean', default: '' },
  },
  required: ['label', 'condition'],
});
const empty: AttributeExitInfo = { label: '', condition: '' };

export function AttributeExit() {
  const saved = useCanvas((state) => state.version?.attribute_exit ?? null);
  const may = useCanvas((state) => Boolean(state.version?.permissions.attribute_exit));
  const paused = useCanvas((state) => state.version?.status === 'paused');
  const draft = useCanvas((state) => state.attributeExit);
  const [refused, setRefused] = useState('');
  const [busy, setBusy] = useState(false);
  const schema = useMemo(form, []);
  const changed = may && draft !== undefined;
  const shown = changed ? draft : saved;
  const become = (next: AttributeExitInfo | null | undefined): void => {
    setRefused('');
    set({ attributeExit: next });
  };
  const context = useMemo<FormContext>(
    () => ({
      node: PROFILE,
      root: schema,
      readOnly: !may,
      problems: [],
      put: (path: string, value: Json) => {
        const now = get().attributeExit ?? get().version?.attribute_exit ?? empty;
        become(putAt({ ...now }, path, value) as unknown as AttributeExitInfo);
      },
    }),
    [may, schema],
  );

  const update = async (): Promise<void> => {
    setBusy(true);
    try {
      await api.setAttributeExit(draft ?? empty);
      await refresh();
      become(undefined);
      toast(draft ? t.attributeExitSet : t.attributeExitGone, 'ok');
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
      void refresh();
    } finally {
      setBusy(false);
    }
  };

  return (
    <section className="attribute-exit" aria-label={t.attributeExit}>
      <div className="field-head"><span className="field-label">{t.attributeExit}</span></div>
      {shown ? (
        <div className="row">
          <div className="row-head">
            <span className="row-name">{saved && !changed ? t.inForce : t.notInForce}</span>
            {may && (
              <span className="row-tools">
                <IconButton label={t.removeAttributeExit} onClick={() => become(saved ? null : undefined)}><Trash2 size={14} aria-hidden /></IconButton>
              </span>
            )}
          </div>
          <div className="row-fields">
            <SettingsForm context={context} settings={{ ...shown }} schema={schema} hidden={[]} />
          </div>
        </div>
      ) : (
        !(changed && saved) && (
          <button type="button" className="button is-quiet add-row" disabled={!may} onClick={() => become(empty)}>
            <Plus size={14} aria-hidden /> {t.addAttributeExit}
          </button>
        )
      )}
      {changed && refused && <div className="callout is-error" role="alert">{refused}</div>}
      {changed && !draft && <p className="says is-warning">{t.attributeExitGoes}</p>}
      <p className="help">{may ? t.attributeExitHelp : paused ? t.readOnlyNoRight : t.onlyWhilePaused}</p>
      {changed && (
        <div className="actions">
          <Button tone="primary" disabled={busy || draft?.condition.trim() === ''} onClick={() => void update()}>{t.updateJourney}</Button>
          <Button onClick={() => become(undefined)}><Undo2 size={14} aria-hidden /> {t.undoChange}</Button>
        </div>
      )}
    </section>
  );
}
