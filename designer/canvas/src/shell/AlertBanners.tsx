/** Below the top bar: what is, or was, wrong with this journey while it ran. Asked again every half a minute. */
import { Info, TriangleAlert, X } from 'lucide-react';
import { useEffect, useState } from 'react';
import { dateTime, t } from '../messages';
import { api, type AlertInfo } from '../store/api';
import { isDraft, toast, useCanvas } from '../store/canvas';
import { IconButton } from './ui';

const ROUND = 30_000;

export function AlertBanners() {
  const draft = useCanvas(isDraft);
  const may = useCanvas((state) => state.version?.permissions.dismiss_alerts ?? false);
  const [alerts, setAlerts] = useState<AlertInfo[]>([]);
  useEffect(() => {
    if (draft) return undefined;
    let here = true;
    const ask = (): void => {
      if (document.visibilityState === 'hidden') return;
      api.alerts().then((answer) => here && setAlerts(answer.results), () => undefined);
    };
    ask();
    const timer = setInterval(ask, ROUND);
    return () => {
      here = false;
      clearInterval(timer);
      setAlerts([]);
    };
  }, [draft]);
  const dismiss = (alert: AlertInfo): void => {
    api.dismissAlert(alert.id).then(
      () => setAlerts((known) => known.filter((one) => one.id !== alert.id)),
      (error: Error) => toast(error.message, 'bad'),
    );
  };
  return <>{alerts.map((alert) => (
    <section key={alert.id} className={`banner ${alert.goes_on ? 'is-paused' : 'is-told'}`} aria-label={t.alert}>
      {alert.goes_on ? <TriangleAlert size={16} aria-hidden /> : <Info size={16} aria-hidden />}
      <p><strong>{alert.message}</strong> {t.alertSince(dateTime(alert.first_at))}</p>
      {may && <IconButton label={t.dismiss} onClick={() => dismiss(alert)}><X size={16} aria-hidden /></IconButton>}
    </section>
  ))}</>;
}
