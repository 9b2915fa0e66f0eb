/** The questions that need an answer before going on. */
import { useState } from 'react';
import { edgesFrom, nodeById } from '../graph/lookup';
import { readingOrder } from '../graph/order';
import { portsOf } from '../graph/ports';
import { refuseLine } from '../graph/rules';
import { removeEdges } from '../graph/edit';
import { edgeId, type GraphEdge } from '../graph/types';
import { nameOf } from '../graph/summary';
import { dateTime, t } from '../messages';
import { EmailPreview } from '../panel/EmailPreview';
import { api } from '../store/api';
import { versionUrl } from '../store/boot';
import { get, set, useCanvas } from '../store/canvas';
import { connect, nodeName, reconnect, removeLine } from '../store/commands';
import { saver, settleConflict } from '../store/session';
import { shortcuts } from './keys';
import { MoveDialog } from './MoveDialog';
import { Button, Modal } from './ui';

export function Dialogs() {
  const dialog = useCanvas((state) => state.dialog);
  const conflict = useCanvas((state) => state.conflict);
  if (conflict) return <ConflictDialog />;
  switch (dialog?.kind) {
    case 'move': return <MoveDialog key={dialog.move} move={dialog.move} />;
    case 'duplicate': return <DuplicateDialog />;
    case 'connect': return <ConnectDialog node={dialog.node} port={dialog.port} />;
    case 'preview': return <EmailPreview id={dialog.node} />;
    case 'keys': return <KeysDialog />;
    case undefined: return null;
  }
}

const shut = (): void => set({ dialog: null });
const sentence = (error: unknown): string => (error instanceof Error ? error.message : String(error));

function DuplicateDialog() {
  const [name, setName] = useState(t.copyOf(get().version?.journey.name ?? ''));
  const [failure, setFailure] = useState('');
  const [busy, setBusy] = useState(false);
  const run = async (): Promise<void> => {
    if (!name.trim()) return;
    setBusy(true);
    try {
      await saver.flush();
      const made = await api.duplicate(name.trim());
      window.location.href = made.url || versionUrl(made);
    } catch (error) {
      setFailure(sentence(error));
      setBusy(false);
    }
  };
  return (
    <Modal title={t.duplicateTitle} onClose={shut} footer={<><Button onClick={shut}>{t.cancel}</Button><Button tone="primary" disabled={busy || !name.trim()} onClick={() => void run()}>{t.create}</Button></>}>
      <label className="field">
        <span className="field-label">{t.duplicateName}</span>
        <input className="input" data-first value={name} onFocus={(event) => event.target.select()} onChange={(event) => setName(event.target.value)} onKeyDown={(event) => event.key === 'Enter' && void run()} />
      </label>
      {failure && <div className="callout is-error">{failure}</div>}
    </Modal>
  );
}

function ConflictDialog() {
  const conflict = useCanvas((state) => state.conflict);
  if (!conflict) return null;
  const choices = [
    { key: 'mine', label: t.keepMine, hint: t.keepMineHint },
    { key: 'theirs', label: t.takeTheirs, hint: t.takeTheirsHint },
    { key: 'copy', label: t.copyMine, hint: t.copyMineHint },
  ] as const;
  return (
    <Modal title={t.conflictTitle}>
      <p>{t.conflictText(conflict.by, dateTime(conflict.at))}</p>
      <div className="choices">
        {choices.map((one) => (
          <button key={one.key} type="button" className="choice" onClick={() => settleConflict(one.key)}>
            <strong>{one.label}</strong><span>{one.hint}</span>
          </button>
        ))}
      </div>
    </Modal>
  );
}

/** Lines by list: what leaves a step now, and where else its ways out could lead. */
function ConnectDialog({ node: id, port: first }: { node: string; port?: string }) {
  const graph = useCanvas((state) => state.graph);
  const catalogue = useCanvas((state) => state.catalogue);
  const node = nodeById(graph, id);
  const ports = node ? portsOf(catalogue, graph, node) : [];
  const [port, setPort] = useState(first ?? ports[0]?.name ?? '');
  const [line, setLine] = useState('');
  const [target, setTarget] = useState('');
  if (!node) return null;
  const outlet = { node: id, port };
  const lines = edgesFrom(graph, id);
  const moved: GraphEdge | undefined = lines.find((edge) => edgeId(edge) === line);
  const judged = moved ? removeEdges(graph, [edgeId(moved)]) : graph;
  const targets = readingOrder(catalogue, graph)
    .map((one, at) => ({ node: one, step: at + 1 }))
    .filter((one) => refuseLine(catalogue, judged, moved ? moved.from : outlet, one.node.id) === undefined && one.node.id !== moved?.to);
  const chosen = targets.some((one) => one.node.id === target) ? target : (targets[0]?.node.id ?? '');
  const wayOut = (name: string): string => ports.find((one) => one.name === name)?.label || t.wayOut('');
  const run = (): void => {
    if (!chosen) return;
    if (moved ? reconnect(moved, moved.from, chosen) : connect(outlet, chosen)) setLine('');
  };
  return (
    <Modal title={t.connectTitle(nodeName(id))} onClose={shut} footer={<Button onClick={shut}>{t.close}</Button>}>
      <h3>{t.existingLines}</h3>
      {lines.length === 0 && <p className="help">{t.noLines}</p>}
      <ul className="lines">
        {lines.map((edge) => (
          <li key={edgeId(edge)} className={edgeId(edge) === line ? 'is-current' : ''}>
            <span>{wayOut(edge.from.port)} → {nodeName(edge.to)}</span>
            <Button tone="quiet" onClick={() => setLine(edgeId(edge) === line ? '' : edgeId(edge))} aria-pressed={edgeId(edge) === line}>{t.reroute}</Button>
            <Button tone="quiet" onClick={() => removeLine(edge)}>{t.remove}</Button>
          </li>
        ))}
      </ul>
      <div className="connect-row">
        <label className="field">
          <span className="field-label">{t.connectFrom}</span>
          <select className="input" value={moved ? moved.from.port : port} disabled={Boolean(moved)} onChange={(event) => setPort(event.target.value)} data-first>
            {ports.map((one) => <option key={one.name} value={one.name}>{one.label || t.wayOut('')}</option>)}
          </select>
        </label>
        <label className="field">
          <span className="field-label">{t.connectTo}</span>
          <select className="input" value={chosen} disabled={!targets.length} onChange={(event) => setTarget(event.target.value)}>
            {targets.map((one) => <option key={one.node.id} value={one.node.id}>{`${one.step}  ${nameOf(catalogue.get(one.node.type), one.node)}`}</option>)}
          </select>
        </label>
        <Button tone="primary" disabled={!chosen} onClick={run}>{moved ? t.reroute : t.connect}</Button>
      </div>
      {targets.length === 0 && <p className="help">{t.noTargets}</p>}
    </Modal>
  );
}

function KeysDialog() {
  return (
    <Modal title={t.keyboard} onClose={shut}>
      <dl className="keys">
        {shortcuts.map(([keys, what]) => (
          <div key={keys}><dt><kbd>{keys}</kbd></dt><dd>{what}</dd></div>
        ))}
      </dl>
    </Modal>
  );
}
