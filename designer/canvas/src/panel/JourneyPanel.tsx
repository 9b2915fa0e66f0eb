/** The properties of the journey: what holds for it as a whole, drawn from the schema the server gives. */
import { Copy } from 'lucide-react';
import { useCallback, useMemo, useRef } from 'react';
import { LARGEST } from '../graph/payload';
import { withDefaults } from '../graph/schema';
import type { Json } from '../graph/types';
import { dateTime, t } from '../messages';
import { usePayload } from '../shell/PayloadMark';
import { Button } from '../shell/ui';
import type { VersionInfo } from '../store/api';
import { canEdit, get, useCanvas } from '../store/canvas';
import { copyText } from '../store/clips';
import { nodeName, setProperties, showProperties } from '../store/commands';
import { saveJourney } from '../store/session';
import { AttributeExit } from './AttributeExit';
import type { FormContext } from './fields';
import { useFieldFocus } from './focus';
import { SettingsForm } from './form';
import { Frame, Late, TechnicalGroup } from './Frame';
import { putAt } from './put';
import { TagsField } from './TagsField';

const AFTER = { exit_criteria: <AttributeExit /> };

export function JourneyPanel() {
  const version = useCanvas((state) => state.version);
  const schema = useCanvas((state) => state.propertiesSchema);
  const properties = useCanvas((state) => state.properties);
  const allProblems = useCanvas((state) => state.problems);
  const editable = useCanvas(canEdit);
  const mayName = useCanvas((state) => Boolean(state.version?.permissions.rename ?? state.version?.permissions.edit));
  const focusField = useCanvas((state) => state.focusField);
  const body = useRef<HTMLDivElement>(null);
  const problems = useMemo(() => allProblems.filter((one) => one.node === null && one.field), [allProblems]);
  const general = allProblems.filter((one) => one.node === null && one.code === 'ERR_PROPERTY' && !one.field);
  const put = useCallback((path: string, value: Json, alone = false) => setProperties(putAt(get().properties, path, value), alone ? undefined : path), []);
  const context = useMemo<FormContext>(() => ({ node: '', root: schema, readOnly: !editable, problems, put }), [schema, editable, problems, put]);
  useFieldFocus(body, focusField?.node === '' ? focusField : null);
  if (!version) return null;
  return (
    <Frame title={t.properties} onClose={() => showProperties(false)}>
      <div ref={body} className="form">
        {general.map((one) => <div key={one.message} className="callout is-error">{one.message} {one.hint}</div>)}
        <Late label={t.nameOfJourney} value={version.journey.name} readOnly={!mayName} onDone={(name) => name.trim() && void saveJourney({ name: name.trim() })} />
        <Late label={t.description} value={version.journey.description} readOnly={!mayName} area onDone={(description) => void saveJourney({ description })} />
        <TagsField tags={version.journey.tags} readOnly={!mayName} onChange={(tags) => void saveJourney({ tags })} />
        <SettingsForm context={context} settings={withDefaults(schema, properties)} schema={schema} hidden={[]} unfolded after={AFTER} />
        <Size />
        <Technical version={version} />
      </div>
    </Frame>
  );
}

/** How much of the room for a draft is taken. */
function Size() {
  const { bytes, share, level, largest } = usePayload();
  const said = t.payloadOf(t.size(bytes), t.size(LARGEST));
  return (
    <div className="field">
      <span className="field-label">{t.payload}</span>
      <div className={`gauge is-${level}`} role="meter" aria-label={t.payload} aria-valuemin={0} aria-valuemax={LARGEST} aria-valuenow={Math.min(bytes, LARGEST)} aria-valuetext={said}>
        <i style={{ width: `${Math.min(100, Math.max(1, share * 100))}%` }} />
      </div>
      <p className={level === 'fine' ? 'help' : level === 'near' ? 'says is-warning' : 'says is-error'}>{said}{largest && ` ${t.largestStep(nodeName(largest.id), t.size(largest.bytes))}`}</p>
    </div>
  );
}

/** What is asked for in a report of a fault: to read, and to copy as a whole. */
function Technical({ version }: { version: VersionInfo }) {
  const revision = useCanvas((state) => state.revision);
  const savedAt = useCanvas((state) => state.savedAt);
  const facts = technicalFacts(version, revision, savedAt);
  return (
    <TechnicalGroup>
      <dl className="facts">
        {facts.map(({ name, value, moment, by, code }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{code ? <code>{value}</code> : [moment ? dateTime(value) : value, by].filter(Boolean).join(', ')}</dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <Button onClick={() => copyText(facts.map(({ name, value, by }) => `${name}: ${[value, by].filter(Boolean).join(', ')}`).join('\n'))}><Copy size={14} aria-hidden /> {t.copyDetails}</Button>
      </div>
    </TechnicalGroup>
  );
}

interface Fact {
  name: string;
  value: string;
  /** The value is a moment: shown by the clock here, copied as it is. */
  moment?: boolean;
  by?: string | null;
  code?: boolean;
}

function technicalFacts(version: VersionInfo, revision: number, savedAt: string): Fact[] {
  const { pause } = version;
  const facts: (Fact | '' | false | null | undefined)[] = [
    { name: t.version, value: `${version.number} · ${t.status[version.status] ?? version.status}` },
    { name: t.revision, value: String(revision) },
    Boolean(savedAt) && { name: t.saved, value: savedAt, moment: true, by: version.saved_by },
    Boolean(version.published_at) && { name: t.publishedAt, value: version.published_at ?? '', moment: true, by: version.published_by },
    pause && { name: t.pausedAt, value: pause.paused_at, moment: true, by: pause.paused_by },
    pause?.mode && { name: t.pauseMode, value: t.pauseModeName[pause.mode] },
    pause?.resumes_at && { name: t.resumesAt, value: pause.resumes_at, moment: true },
    pause?.resumed_at && { name: t.resumedAt, value: pause.resumed_at, moment: true, by: pause.resumed_by ?? t.byItself },
    { name: t.journeyId, value: String(version.journey.id), code: true },
    { name: t.versionId, value: String(version.id), code: true },
  ];
  return facts.filter((one): one is Fact => Boolean(one));
}
