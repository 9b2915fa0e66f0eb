/** What pages do in the browser beyond links and forms: dialogs, menus, copying, the theme, and telling of trouble. */

const on = (event, selector, act) =>
  document.addEventListener(event, (e) => {
    const found = e.target instanceof Element && e.target.closest(selector);
    if (found) act(found, e);
  });

export function toast(text) {
  const box = document.getElementById('toasts');
  if (!box) return;
  const note = Object.assign(document.createElement('div'), { className: 'toast', textContent: text });
  box.append(note);
  setTimeout(() => note.remove(), 3500);
}

// Dialogs
on('click', '[data-open]', (button) => {
  const dialog = document.getElementById(button.dataset.open);
  if (!dialog) return;
  for (const [name, value] of Object.entries(button.dataset)) {
    if (!name.startsWith('fill')) continue; // data-fill-name="Ana" fills every [data-slot="name"] of the dialog
    const slot = name.slice(4).toLowerCase();
    for (const target of dialog.querySelectorAll(`[data-slot="${slot}"]`)) {
      if (target instanceof HTMLFormElement) target.action = value;
      else if (target instanceof HTMLInputElement) target.value = value;
      else target.textContent = value;
    }
  }
  button.closest('details')?.removeAttribute('open');
  dialog.showModal();
});
on('click', '[data-close]', (button, e) => {
  const dialog = button.closest('dialog');
  if (!dialog) return; // without htmx the question is a page, and this is a link back
  e.preventDefault();
  dialog.close();
});
// A question from the server opens when it arrives; it is asked again after a mistake, and forgotten when closed
document.addEventListener('htmx:afterSettle', () => {
  const dialog = document.querySelector('#dialogs dialog[data-modal]:not([open])');
  if (!dialog) return;
  dialog.addEventListener('close', () => dialog.remove());
  for (const input of dialog.querySelectorAll('[data-confirm]')) confirmable(input);
  closeMenus();
  dialog.showModal();
});
document.addEventListener('mousedown', (e) => {
  if (e.target instanceof HTMLDialogElement) e.target.close(); // the backdrop
});
const confirmable = (input) => {
  const wanted = input.dataset.confirm.trim();
  input.form.querySelector('[type="submit"]').disabled = input.value.trim() !== wanted;
};
on('input', '[data-confirm]', confirmable);

// Rows that are ticked: a bar says how many, and offers what can be done to all of them
const ticks = () => [...document.querySelectorAll('[name="version"][type="checkbox"]')];
const showTicked = () => {
  const bar = document.querySelector('[data-ticked]');
  if (!bar) return;
  const chosen = ticks().filter((one) => one.checked);
  const most = Number(ticks()[0]?.dataset.most ?? 0);
  bar.hidden = chosen.length === 0;
  bar.querySelector('[data-count]').textContent = `${chosen.length} chosen${chosen.length >= most ? `, no more than ${most} at once` : ''}`;
  for (const button of bar.querySelectorAll('[data-when]')) {
    button.disabled = chosen.some((one) => one.dataset.status !== button.dataset.when);
    button.title = button.disabled ? `Only when all of them are ${button.dataset.when}` : '';
  }
  for (const one of ticks()) one.disabled = !one.checked && chosen.length >= most;
};
on('change', '[name="version"][type="checkbox"]', showTicked);
on('click', '[data-untick]', () => {
  for (const one of ticks()) one.checked = false;
  showTicked();
});
document.addEventListener('htmx:afterSwap', showTicked);

// Menus: one open at a time; placed on the screen, so that a scrolling table does not cut them off
document.addEventListener('toggle', (e) => {
  const menu = e.target;
  if (!(menu instanceof HTMLDetailsElement) || !menu.matches('[data-menu]') || !menu.open) return;
  for (const other of document.querySelectorAll('[data-menu][open]')) if (other !== menu) other.open = false;
  const items = menu.querySelector('.menu-items');
  if (!menu.matches('[data-menu="row"]')) return;
  const at = menu.querySelector('summary').getBoundingClientRect();
  const below = at.bottom + items.offsetHeight + 8 < innerHeight;
  Object.assign(items.style, {
    position: 'fixed',
    insetInlineEnd: 'auto',
    bottom: 'auto',
    left: `${Math.max(8, at.right - items.offsetWidth)}px`,
    top: `${below ? at.bottom + 4 : at.top - items.offsetHeight - 4}px`,
  });
}, true);
const closeMenus = (except) => {
  for (const menu of document.querySelectorAll('[data-menu][open]')) if (menu !== except) menu.open = false;
};
document.addEventListener('click', (e) => closeMenus(e.target instanceof Element && e.target.closest('[data-menu]')));
document.addEventListener('scroll', (e) => {
  if (!(e.target instanceof Element && e.target.closest('.menu'))) closeMenus(document.querySelector('[data-menu="panel"][open]'));
}, true);
document.addEventListener('keydown', (e) => {
  const menu = document.activeElement?.closest?.('[data-menu][open]');
  if (!menu) return;
  const items = [...menu.querySelectorAll('.menu-items a, .menu-items button')];
  const at = items.indexOf(document.activeElement);
  if (e.key === 'Escape') {
    menu.open = false;
    menu.querySelector('summary').focus();
  } else if (menu.dataset.menu !== 'panel' && (e.key === 'ArrowDown' || e.key === 'ArrowUp')) { // fields have their own use for arrows
    e.preventDefault();
    items.at((at + (e.key === 'ArrowDown' ? 1 : -1)) % items.length)?.focus();
  }
});

// An address says what is chosen, not what is left open; `data-tidy` names the words that are said all the same
document.addEventListener('htmx:configRequest', (e) => {
  const said = e.target.dataset?.tidy?.split(' ');
  if (!said) return;
  for (const [name, value] of [...e.detail.formData]) if (value === '' && !said.includes(name)) e.detail.formData.delete(name);
});

// A row is as wide as its link
on('click', 'tr[data-href]', (row, e) => {
  if (e.target.closest('a, button, summary, input, .menu') || getSelection()?.toString()) return;
  if (e.metaKey || e.ctrlKey) window.open(row.dataset.href);
  else location.assign(row.dataset.href);
});

// Copying
on('click', '[data-copy]', async (button) => {
  const from = button.dataset.copy.startsWith('#') ? document.querySelector(button.dataset.copy) : null;
  const text = from ? (from.value ?? from.textContent) : button.dataset.copy;
  try {
    await navigator.clipboard.writeText(text);
    toast('Copied');
  } catch {
    if (from) getSelection().selectAllChildren(from); // no clipboard on plain http: at least it is selected
    toast('Press Ctrl+C to copy');
  }
});
on('focusin', '[data-select-all]', (input) => input.select());
on('click', '[data-dismiss]', (button) => button.closest('.notice').remove());

// Theme: at once here, kept on the server for the next page
on('click', '[data-theme-set]', (button) => {
  const theme = button.dataset.themeSet;
  if (theme === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
  for (const other of button.parentElement.children) other.setAttribute('aria-pressed', String(other === button));
  const headers = { 'X-CSRFToken': JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'] };
  void fetch(button.parentElement.dataset.themeUrl, { method: 'POST', headers, body: new URLSearchParams({ theme }) });
});

// A live list: rows that arrive twice are shown once (an opened one stays open), and it does not grow for ever
const MOST_ROWS = 200;
document.addEventListener('htmx:afterSettle', () => {
  for (const list of document.querySelectorAll('[data-live-list]')) {
    const seen = new Set();
    for (const row of [...list.querySelectorAll(':scope > [data-key]')].reverse()) {
      if (seen.has(row.dataset.key)) row.remove();
      seen.add(row.dataset.key);
    }
    for (const row of [...list.querySelectorAll(':scope > [data-key]')].slice(MOST_ROWS)) row.remove();
    if (!list.hidden || !seen.size) continue;
    list.hidden = false; // the first one has come
    list.parentElement.querySelector('.card')?.remove();
  }
});

// Times: the server says them in words; pointing at them shows the moment where the reader lives
const localise = (root) => {
  const exact = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
  for (const time of root.querySelectorAll('time[datetime]')) {
    const moment = exact.format(new Date(time.dateTime));
    time.title = moment;
    if (time.hasAttribute('data-exact')) time.textContent = moment;
  }
};
localise(document);
document.addEventListener('htmx:afterSettle', (e) => localise(e.detail.elt?.isConnected ? e.detail.elt : document));

// Loading and trouble
const bar = document.body.appendChild(Object.assign(document.createElement('div'), { className: 'bar' }));
let waiting;
document.addEventListener('htmx:beforeRequest', (e) => {
  if (e.detail.elt.matches('[data-silent]')) return;
  clearTimeout(waiting);
  waiting = setTimeout(() => bar.classList.add('on'), 150);
});
document.addEventListener('htmx:afterRequest', () => {
  clearTimeout(waiting);
  bar.classList.remove('on');
});
document.addEventListener('htmx:beforeSwap', (e) => {
  const { xhr } = e.detail;
  if (xhr.status === 422) {
    e.detail.shouldSwap = true; // a form, with what is wrong in it
    e.detail.isError = false;
  } else if (xhr.status >= 400 && xhr.getResponseHeader('HX-Retarget')) {
    e.detail.shouldSwap = true;
    e.detail.isError = false;
    for (const open of document.querySelectorAll('dialog[open]')) open.close();
    scrollTo({ top: 0, behavior: 'smooth' });
  } else if (xhr.status === 403 && !xhr.responseText) location.reload();
});
document.addEventListener('htmx:responseError', () => toast('That did not work. Try again.'));
document.addEventListener('htmx:sendError', (e) => {
  if (!e.detail.elt.matches('[data-silent]')) toast('The server does not answer. Try again in a moment.');
});
