/** The docked panel on the right: the settings of what is chosen, or the properties of the journey. */
import { Copy, CopyPlus, Eye, Trash2, Unplug } from 'lucide-react';
import { useCallback, useMemo, useRef } from 'react';
import { edgesInto, edgesAt, endLabel, nodeById } from '../graph/lookup';
import { nameOf } from '../graph/summary';
import { portLabel } from '../graph/ports';
import { withDefaults } from '../graph/schema';
import { edgeId, type Graph, type GraphNode, type Json, type Outlet } from '../graph/types';
import { t } from '../messages';
import { canEdit, canLabel, get, set, useCanvas } from '../store/canvas';
import { choose, copyChosen, duplicateChosen, pasteClip, removeChosen, removeLine, setDescription, setEndLabel, setLabel, setSettings } from '../store/commands';
import { ExperimentResults } from '../live/ExperimentResults';
import { LatestReading } from '../live/LatestReading';
import { StepNumbers } from '../live/StepNumbers';
import { Tile } from '../nodes/icons';
import { Button, IconButton } from '../shell/ui';
import { useFieldFocus } from './focus';
import type { FormContext } from './fields';
import { SettingsForm } from './form';
import { Frame, TechnicalGroup } from './Frame';
import { JourneyPanel } from './JourneyPanel';
import { putAt } from './put';

export function Panel() {
  const nodes = useCanvas((state) => state.nodes);
  const edges = useCanvas((state) => state.edges);
  const port = useCanvas((state) => state.port);
  const properties = useCanvas((state) => state.propertiesOpen);
  const people = useCanvas((state) => state.people);
  const graph = useCanvas((state) => state.graph);
  const only = nodes.size === 1 ? nodeById(graph, [...nodes][0]) : undefined;
  const line = nodes.size === 0 && edges.size === 1 ? graph.edges.find((edge) => edges.has(edgeId(edge))) : undefined;
  if (people) return null;
  if (only) return <StepPanel key={only.id} node={only} />;
  if (nodes.size > 1) return <SeveralPanel count={nodes.size} />;
  if (port) return <EndPanel outlet={port} graph={graph} />;
  if (line) return <LinePanel key={edgeId(line)} graph={graph} from={line.from} to={line.to} />;
  if (properties) return <JourneyPanel />;
  return null;
}

function StepPanel({ node }: { node: GraphNode }) {
  const catalogue = useCanvas((state) => state.catalogue);
  const graph = useCanvas((state) => state.graph);
  const allProblems = useCanvas((state) => state.problems);
  const editable = useCanvas(canEdit);
  const mayLabel = useCanvas(canLabel);
  const focusField = useCanvas((state) => state.focusField);
  const body = useRef<HTMLDivElement>(null);
  const activity = catalogue.get(node.type);
  const problems = useMemo(() => allProblems.filter((one) => one.node === node.id), [allProblems, node.id]);
  const general = problems.filter((one) => !one.field);
  const put = useCallback(
    (path: string, value: Json, alone = false) => {
      const now = nodeById(get().graph, node.id);
      if (now) setSettings(node.id, putAt(now.settings, path, value), alone ? undefined : path);
    },
    [node.id],
  );
  const context = useMemo<FormContext>(
    () => ({ node: node.id, root: activity?.settings_schema ?? {}, readOnly: !editable, problems, put }),
    [node.id, activity, editable, problems, put],
  );
  const inFlow = edgesInto(graph, node.id).length > 0;
  const hidden = (inFlow ? activity?.start_only : activity?.in_flow_only) ?? [];
  const hasMessage = Object.values(activity?.settings_schema.properties ?? {}).some((one) => one['x-widget'] === 'liquid-html');

  useFieldFocus(body, focusField?.node === node.id ? focusField : null);

  return (
    <Frame
      title={nameOf(activity, node)}
      kind={activity ? (node.label ? activity.label : activity.description) : t.unknownType}
      lead={activity ? <Tile icon={activity.icon} category={!inFlow && activity.start ? 'start' : activity.category} /> : <span className="tile cat-broken"><Unplug size={16} aria-hidden /></span>}
      tools={
        <>
          <IconButton label={t.copyStep} keys="Ctrl C" onClick={() => copyChosen()}><Copy size={15} aria-hidden /></IconButton>
          {editable && <IconButton label={t.duplicateStep} keys="Ctrl D" onClick={duplicateChosen}><CopyPlus size={15} aria-hidden /></IconButton>}
          {editable && <IconButton label={t.deleteStep} keys="Delete" onClick={removeChosen}><Trash2 size={15} aria-hidden /></IconButton>}
        </>
      }
    >
      <div ref={body} className="form">
        {general.map((one, at) => (
          <div key={at} className={`callout ${one.severity === 'error' ? 'is-error' : 'is-warning'}`}>{one.message}{one.hint ? ` ${one.hint}` : ''}</div>
        ))}
        {!activity && <div className="callout is-error">{t.unknownTypeText(node.type)}</div>}
        <StepNumbers id={node.id} name={nameOf(activity, node)} />
        {node.type === 'experiment' && <ExperimentResults node={node.id} />}
        {node.type === 'read-audience' && <LatestReading />}
        <TextField label={t.label} value={node.label} placeholder={activity?.label ?? node.type} readOnly={!mayLabel} first onChange={(text) => setLabel(node.id, text)} />
        {inFlow && activity?.flow_note && <p className="callout">{activity.flow_note}</p>}
        {activity && <SettingsForm context={context} settings={withDefaults(activity.settings_schema, node.settings)} schema={activity.settings_schema} hidden={hidden} />}
        {hasMessage && (
          <Button className="wide" onClick={() => set({ dialog: { kind: 'preview', node: node.id } })}><Eye size={15} aria-hidden /> {t.preview}</Button>
        )}
        <AreaField label={t.description} value={node.description} placeholder={t.descriptionPlaceholder} readOnly={!mayLabel} onChange={(text) => setDescription(node.id, text)} />
        <TechnicalGroup>
          <dl className="facts">
            <dt>{t.id}</dt><dd><code>{node.id}</code></dd>
            <dt>{t.type}</dt><dd><code>{node.type}</code></dd>
          </dl>
          {!activity && <pre className="raw">{JSON.stringify(node.settings, null, 2)}</pre>}
        </TechnicalGroup>
      </div>
    </Frame>
  );
}

function TextField({ label, value, placeholder, readOnly, first, onChange }: { label: string; value: string; placeholder?: string; readOnly: boolean; first?: boolean; onChange: (text: string) => void }) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <input className="input" value={value} placeholder={placeholder} readOnly={readOnly} maxLength={100} data-first={first || undefined} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function AreaField({ label, value, placeholder, readOnly, onChange }: { label: string; value: string; placeholder?: string; readOnly: boolean; onChange: (text: string) => void }) {
  return (
    <label className="field">
      <span className="field-label">{label}</span>
      <textarea className="input" rows={2} value={value} placeholder={placeholder} readOnly={readOnly} onChange={(event) => onChange(event.target.value)} />
    </label>
  );
}

function EndPanel({ outlet, graph }: { outlet: Outlet; graph: Graph }) {
  const catalogue = useCanvas((state) => state.catalogue);
  const mayLabel = useCanvas(canLabel);
  const editable = useCanvas(canEdit);
  const node = nodeById(graph, outlet.node);
  const label = endLabel(graph, outlet);
  const way = node ? [nameOf(catalogue.get(node.type), node), portLabel(catalogue, graph, node, outlet.port)].filter(Boolean).join(' → ') : '';
  return (
    <Frame title={label || t.end} kind={way} lead={<Tile icon="square" category="exit" />}>
      <div className="form">
        <TextField label={t.endLabel} value={label} placeholder={t.endPlaceholder} readOnly={!mayLabel} first onChange={(text) => setEndLabel(outlet, text)} />
        <p className="help">{t.endText}</p>
        {editable && (
          <div className="actions">
            <Button onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              set({ menu: { place: { kind: 'port', outlet }, at: { x: box.left, y: box.bottom + 4 } } });
            }}>{t.add}</Button>
            <Button onClick={() => void pasteClip()}>{t.paste}</Button>
          </div>
        )}
      </div>
    </Frame>
  );
}

function LinePanel({ graph, from, to }: { graph: Graph; from: Outlet; to: string }) {
  const catalogue = useCanvas((state) => state.catalogue);
  const editable = useCanvas(canEdit);
  const source = nodeById(graph, from.node);
  const target = nodeById(graph, to);
  const edge = edgesAt(graph, from).find((one) => one.to === to);
  const name = (node: GraphNode | undefined, id: string): string => (node ? nameOf(catalogue.get(node.type), node) : id);
  return (
    <Frame title={t.line} kind={source ? portLabel(catalogue, graph, source, from.port) : undefined}>
      <div className="form">
        <dl className="facts">
          <dt>{t.from}</dt><dd><button type="button" className="link" onClick={() => choose(from.node)}>{name(source, from.node)}</button></dd>
          <dt>{t.to}</dt><dd><button type="button" className="link" onClick={() => choose(to)}>{name(target, to)}</button></dd>
        </dl>
        {editable && edge && (
          <div className="actions">
            <Button onClick={(event) => {
              const box = event.currentTarget.getBoundingClientRect();
              set({ menu: { place: { kind: 'line', edge }, at: { x: box.left, y: box.bottom + 4 } } });
            }}>{t.add}</Button>
            <Button onClick={() => set({ dialog: { kind: 'connect', node: from.node, port: from.port } })}>{t.reroute}</Button>
            <Button onClick={() => removeLine(edge)}>{t.remove}</Button>
          </div>
        )}
      </div>
    </Frame>
  );
}

function SeveralPanel({ count }: { count: number }) {
  const editable = useCanvas(canEdit);
  return (
    <Frame title={t.several(count)}>
      <div className="form">
        <div className="actions is-column">
          <Button onClick={() => copyChosen()}><Copy size={15} aria-hidden /> {t.copyStep}<kbd>Ctrl C</kbd></Button>
          {editable && <Button onClick={duplicateChosen}><CopyPlus size={15} aria-hidden /> {t.duplicateStep}<kbd>Ctrl D</kbd></Button>}
          {editable && <Button onClick={removeChosen}><Trash2 size={15} aria-hidden /> {t.deleteStep}<kbd>Del</kbd></Button>}
        </div>
      </div>
    </Frame>
  );
}
