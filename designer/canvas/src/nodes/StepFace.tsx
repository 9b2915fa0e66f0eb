/** A step on the canvas. Every activity has this one face; what it shows comes from the catalogue. */
import { Handle, Position, type NodeProps } from '@xyflow/react';
import { CircleAlert, CornerDownRight, Hourglass, LogIn, TriangleAlert, Unplug } from 'lucide-react';
import { memo, useState, type CSSProperties } from 'react';
import { portOffset } from '../graph/geometry';
import { mayBeEntered } from '../graph/rules';
import { useLive, useNodeCounts } from '../live/feed';
import { compact, number, t } from '../messages';
import { canEdit, get, isLive, set, useCanvas } from '../store/canvas';
import { goToProblem } from '../store/commands';
import type { StepNode } from './flow';
import { Tile, toneOf } from './icons';
import { Parallel } from './Parallel';

export const StepFace = memo(function StepFace({ id, data, selected }: NodeProps<StepNode>) {
  const { activity, ports, rows } = data;
  const counted = useCanvas((state) => isLive(state) && !state.far);
  const trail = useLive((state) => (state.trail === null ? '' : state.trail.failed.has(id) ? 'failed' : state.trail.here.has(id) ? 'here' : state.trail.nodes.has(id) ? 'passed' : 'off'));
  const failure = useLive((state) => state.trail?.failed.get(id));
  const open = useCanvas((state) => canEdit(state) && !state.far);
  const [near, setNear] = useState(false);
  const problems = data.errors + data.warnings;
  const jumped = useCanvas((state) => (data.begins && state.version?.jumped_from?.length ? t.jumpedFrom(state.version.jumped_from) : ''));
  const change = useCanvas((state) => state.comparison?.marks.get(id));
  const classes = ['step', selected ? 'is-chosen' : '', activity ? '' : 'is-broken', data.errors ? 'has-errors' : '', trail ? `trail-${trail}` : '', change ? `change-${change}` : ''].join(' ');
  return (
    <div className={classes} title={failure} onPointerEnter={() => setNear(true)} onPointerLeave={() => setNear(false)} style={{ '--tone': `var(--cat-${data.begins && activity?.start ? 'start' : toneOf(activity?.category ?? '')})` } as CSSProperties}>
      <Handle type="target" position={Position.Left} id="in" className={data.begins ? 'inlet is-idle' : 'inlet'} isConnectable={!activity || mayBeEntered(get().catalogue, activity)} isConnectableStart={false} style={{ top: 28 }} />
      <div className="step-head">
        {activity ? <Tile icon={activity.icon} category={data.begins && activity.start ? 'start' : activity.category} /> : <span className="tile cat-broken"><Unplug size={16} aria-hidden /></span>}
        <div className="step-text">
          <div className="step-name">{data.name}</div>
          <div className={data.summary || !activity ? 'step-summary' : 'step-summary is-empty'}>{activity ? data.summary || t.notSetUp : t.unknownType}</div>
        </div>
        {data.begins && jumped && <span className="jump-entry" title={jumped} role="img" aria-label={jumped}><CornerDownRight size={13} aria-hidden /></span>}
        {problems > 0 && (
          <button
            type="button"
            tabIndex={-1}
            className={`badge nodrag ${data.errors ? 'is-error' : 'is-warning'}`}
            title={data.firstProblem}
            aria-label={t.problemsCount(data.errors, data.warnings)}
            onClick={(event) => {
              event.stopPropagation();
              const problem = get().problems.find((one) => one.node === id);
              if (problem) goToProblem(problem);
            }}
          >
            {data.errors ? <CircleAlert size={12} aria-hidden /> : <TriangleAlert size={12} aria-hidden />}
            {problems > 1 && <span>{problems}</span>}
          </button>
        )}
      </div>
      {rows > 0 && (
        <div className="ports">
          {ports.map((port) => (
            <div key={port.name} className={`port ${port.alternative ? 'is-alternative' : ''} ${port.missing ? 'is-missing' : ''}`} title={port.missing ? t.missingPort : port.label}>
              <span className="chip">{port.label || t.wayOut('')}</span>
            </div>
          ))}
        </div>
      )}
      {data.notes.length > 0 && <div className="step-notes">{data.notes.map((note) => <div key={note} title={note}>{note}</div>)}</div>}
      {ports.map((port, at) => (
        <Handle key={port.name} type="source" position={Position.Right} id={port.name} className="outlet" style={{ top: portOffset(rows, at) }} isConnectableEnd={false} />
      ))}
      {open && (near || selected) && <Parallel id={id} ports={ports} rows={rows} />}
      {change && <span className="change-tag">{t.changeKind[change]}</span>}
      {counted && <StepCounts id={id} name={data.name} />}
    </div>
  );
});

function StepCounts({ id, name }: { id: string; name: string }) {
  const counts = useNodeCounts(id);
  const open = (state: 'entered' | 'waiting' | 'error', title: string) => (event: React.MouseEvent) => {
    event.stopPropagation();
    set({ people: { node: id, state, title: t.peopleAt(title, name) } });
  };
  const { entered = 0, waiting = 0, error = 0 } = counts ?? {};
  return (
    <div className="counts nodrag">
      <button type="button" tabIndex={-1} onClick={open('entered', t.entered)} title={`${t.entered}: ${number(entered)}`} aria-label={`${t.entered}: ${number(entered)}`}>
        <LogIn size={11} aria-hidden />{compact(entered)}
      </button>
      <button type="button" tabIndex={-1} className={waiting ? 'is-waiting' : 'is-zero'} onClick={open('waiting', t.waitingHere)} title={`${t.waitingHere}: ${number(waiting)}`} aria-label={`${t.waitingHere}: ${number(waiting)}`}>
        <Hourglass size={11} aria-hidden />{compact(waiting)}
      </button>
      <button type="button" tabIndex={-1} className={error ? 'is-error' : 'is-zero'} onClick={open('error', t.inError)} title={`${t.inError}: ${number(error)}`} aria-label={`${t.inError}: ${number(error)}`}>
        <CircleAlert size={11} aria-hidden />{compact(error)}
      </button>
    </div>
  );
}
