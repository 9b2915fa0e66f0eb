/** The curves of the operations page: drawn from the interface, and again when there is more, or the theme changes. */

const ROUND = 15_000;
const box = document.getElementById('curves');
const trouble = document.getElementById('curves-trouble');

const number = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const compact = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 });
const lasting = (seconds) => {
  if (seconds === 0) return '0';
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 90) return `${number.format(seconds)} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${number.format(seconds / 3600)} h`;
};
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const moments = (_, splits) =>
  splits.map((at, place) => {
    const date = new Date(at * 1000);
    const isNewDay = place === 0 || date.getDate() !== new Date(splits[place - 1] * 1000).getDate();
    return isNewDay ? `${clock.format(date)}\n${day.format(date)}` : clock.format(date);
  });
const percent = (part) => `${Math.round(part * 100)} %`;

/* What each figure shows: the name of a column, what it is called, the token of its colour. */
const CURVES = {
  age: { say: lasting, lines: [['inbox_seconds', 'oldest', '--accent-text']] },
  waiting: {
    say: compact.format,
    lines: [['inbox', 'inbox', '--accent-text'], ['overdue', 'timers', '--cat-wait'], ['deliveries', 'messages', '--cat-message']],
  },
  pace: { say: compact.format, lines: [['taken', 'taken', '--accent-text'], ['steps', 'steps', '--cat-start']] },
  late: { say: lasting, lines: [['late_seconds', 'timers', '--cat-wait'], ['delivery_seconds', 'messages', '--cat-message']] },
  phases: {
    say: percent,
    lines: [
      ['claim', 'claim', '--cat-start'], ['load', 'load', '--cat-message'], ['decide', 'decide', '--cat-condition'],
      ['write', 'write', '--cat-wait'], ['commit', 'commit', '--cat-experiment'],
    ],
  },
};

/** A token as a colour of now: light-dark() is resolved by an element alone. */
const probe = Object.assign(document.createElement('i'), { hidden: true });
document.body.append(probe);
const colour = (token) => {
  probe.style.color = `var(${token})`;
  return getComputedStyle(probe).color;
};

/** Minutes with nothing known to either side, as the first of all: no line leads through them, so they are points. */
const alone = (chart, series) => {
  const values = chart.data[series];
  const isKnown = (at) => values[at] !== null && values[at] !== undefined;
  return [...values.keys()].filter((at) => isKnown(at) && !isKnown(at - 1) && !isKnown(at + 1));
};

const drawn = new Map();
let columns = null;

function draw(name) {
  const place = box.querySelector(`[data-curve="${name}"]`);
  const { lines, say } = CURVES[name];
  const axis = { stroke: colour('--text-3'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false }, font: '11px "Inter Variable", sans-serif' };
  const legend = box.querySelector(`[data-legend="${name}"]`);
  const tell = (at) => {
    legend.replaceChildren(...lines.map(([column, label, token]) => {
      const values = columns[column];
      const value = values[at ?? values.length - 1];
      const entry = document.createElement('span');
      const mark = document.createElement('i');
      mark.style.color = `var(${token})`;
      const words = document.createElement('b');
      words.textContent = `${label} ${value === null || value === undefined ? 'unknown' : say(value)}`;
      entry.append(mark, words);
      return entry;
    }));
  };
  drawn.get(name)?.chart.destroy();
  const chart = new uPlot(
    {
      width: place.clientWidth - 16,
      height: 164,
      legend: { show: false },
      cursor: { y: false, points: { size: 6 } },
      scales: { y: { range: (_, __, most) => [0, name === 'phases' ? Math.max(most, 0.1) : most > 0 ? most * 1.1 : 1] } },
      axes: [{ ...axis, values: moments }, { ...axis, size: 56, values: (_, splits) => splits.map((value) => say(value)) }],
      series: [{}, ...lines.map(([, label, token]) => ({ label, stroke: colour(token), width: 1.5, points: { show: true, size: 5, fill: colour(token), filter: alone }, spanGaps: false }))],
      hooks: { setCursor: [(self) => tell(self.cursor.idx)] },
    },
    [columns.at, ...lines.map(([column]) => columns[column])],
    place,
  );
  drawn.set(name, { chart, tell });
  tell(null);
}

const drawAll = () => columns && Object.keys(CURVES).forEach(draw);

function show(found) {
  const isNew = columns === null;
  columns = { ...found, ...found.phases, at: found.at.map((moment) => Date.parse(moment) / 1000) };
  const isKnown = found.inbox.some((value) => value !== null);
  if (isKnown && box.hidden) {
    location.reload(); // the first note has come: the page has more to show than curves
    return;
  }
  if (box.hidden) return;
  if (isNew) drawAll();
  else {
    for (const [name, { chart, tell }] of drawn) {
      chart.setData([columns.at, ...CURVES[name].lines.map(([column]) => columns[column])]);
      tell(chart.cursor.idx);
    }
  }
}

let asOf = null;
async function ask() {
  if (document.visibilityState !== 'hidden') {
    try {
      const answer = await fetch(box.dataset.history, { headers: { Accept: 'application/json' } });
      if (!answer.ok) throw new Error(`The server answered ${answer.status}.`);
      show(await answer.json());
      asOf = new Date();
      trouble.hidden = true;
    } catch (error) {
      const since = asOf ? ` What is shown is of ${asOf.toLocaleTimeString()}.` : '';
      trouble.textContent = `${error instanceof TypeError ? 'The server does not answer.' : error.message}${since} Trying again.`;
      trouble.hidden = false;
    }
  }
  setTimeout(ask, ROUND);
}

if (box) {
  void ask();
  let width = box.clientWidth;
  new ResizeObserver(() => {
    if (box.clientWidth === width) return;
    width = box.clientWidth;
    for (const { chart } of drawn.values()) chart.setSize({ width: chart.root.parentElement.clientWidth - 16, height: 164 });
  }).observe(box);
  new MutationObserver(drawAll).observe(document.documentElement, { attributeFilter: ['data-theme'] });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawAll);
}
