/** The status of a version: a colour, and its word. */
import { t } from '../messages';

export function StatusBadge({ status }: { status: string }) {
  return <span className={`status is-${status}`}><i aria-hidden />{t.status[status] ?? status}</span>;
}
