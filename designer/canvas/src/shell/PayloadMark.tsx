/** In the top bar only when there is little room left in a draft; leads to the step that takes most. */
import { HardDrive } from 'lucide-react';
import { useDeferredValue, useMemo } from 'react';
import { LARGEST, payloadOf, type Payload } from '../graph/payload';
import { t } from '../messages';
import { useCanvas } from '../store/canvas';
import { choose, nodeName } from '../store/commands';

/** Measured when there is time: a large draft takes some milliseconds. */
export function usePayload(): Payload {
  const graph = useDeferredValue(useCanvas((state) => state.graph));
  return useMemo(() => payloadOf(graph), [graph]);
}

export function PayloadMark() {
  const { bytes, level, largest } = usePayload();
  if (level === 'fine') return null;
  const said = `${t.payloadOf(t.size(bytes), t.size(LARGEST))} ${largest ? t.largestStep(nodeName(largest.id), t.size(largest.bytes)) : ''}`;
  return (
    <button type="button" className={`problems-button is-size ${level === 'over' ? 'is-error' : 'is-warning'}`} title={said} aria-label={said} onClick={() => largest && choose(largest.id)}>
      <HardDrive size={14} aria-hidden /><span>{t.size(bytes)}</span>
    </button>
  );
}
