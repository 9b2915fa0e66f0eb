/** The page that uploads a list: the beginning of a file is looked at by the server, then all of it is sent. */

const form = document.getElementById('upload');

const token = () => JSON.parse(document.body.getAttribute('hx-headers'))['X-CSRFToken'];
const inWords = (bytes) => {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3));
  return `${(bytes / 1000 ** at).toLocaleString(undefined, { maximumFractionDigits: at ? 1 : 0 })} ${units[at]}`;
};

function uploading(form) {
  const find = (selector) => form.querySelector(selector);
  const input = find('[type="file"]');
  const columns = find('#columns');
  const trouble = find('#upload-trouble');
  const bar = find('[data-progress] progress');
  let file = null;
  let sending = null;

  /** Say what is wrong, where somebody who sends the form looks. Texts alone: they may come from the file. */
  function refuse({ message, hint = '', problems = [] }) {
    for (const field of form.querySelectorAll('.field-bad')) field.classList.remove('field-bad');
    const notice = Object.assign(document.createElement('div'), { className: 'notice notice-error' });
    notice.setAttribute('role', 'alert');
    const body = document.createElement('div');
    for (const text of [message, ...problems.map((one) => `${one.message} ${one.hint ?? ''}`), hint && !problems.length ? hint : '']) {
      if (text) body.append(Object.assign(document.createElement('p'), { textContent: text }));
    }
    for (const { field } of problems) find(`[name="${CSS.escape(field ?? '')}"]`)?.closest('.field')?.classList.add('field-bad');
    const icon = find('.drop-icon svg').cloneNode(true);
    icon.setAttribute('width', '16');
    icon.setAttribute('height', '16');
    icon.firstElementChild.setAttribute('href', icon.firstElementChild.getAttribute('href').replace(/#.*/, '#circle-alert'));
    notice.append(icon, body);
    trouble.replaceChildren(notice);
    notice.scrollIntoView({ block: 'nearest' });
  }

  async function choose(chosen) {
    if (!chosen || sending) return;
    file = null;
    trouble.replaceChildren();
    columns.replaceChildren();
    find('[data-foot]').hidden = true;
    find('[data-file-name]').textContent = chosen.name;
    find('[data-file-about]').textContent = inWords(chosen.size);
    find('[data-file-again]').hidden = false;
    if (chosen.size > Number(form.dataset.limit)) {
      refuse({ message: `The file has ${inWords(chosen.size)}; ${inWords(Number(form.dataset.limit))} is the most.`, hint: 'Split it: the first part replaces the list, the others add.' });
      return;
    }
    const begin = chosen.slice(0, Number(form.dataset.beginning));
    const asked = new URLSearchParams({ whole: begin.size === chosen.size ? 'yes' : 'no', file: chosen.name, audience: form.dataset.audience });
    try {
      const answer = await fetch(`${form.dataset.look}?${asked}`, {
        method: 'POST', body: begin, headers: { 'X-CSRFToken': token(), 'Content-Type': 'application/octet-stream', 'HX-Request': 'true' },
      });
      if (!answer.ok && answer.status !== 422) throw new Error(String(answer.status));
      (answer.ok ? columns : trouble).innerHTML = await answer.text();
      if (!answer.ok) return;
    } catch {
      refuse({ message: 'The file could not be looked at.', hint: 'Can it still be read, and does the server answer? Choose it again.' });
      return;
    }
    file = chosen;
    find('[data-foot]').hidden = false;
    showKept();
  }

  /** A column that is not kept needs no name. */
  function showKept() {
    for (const row of form.querySelectorAll('[data-column]')) row.querySelector('[data-called]').disabled = !row.querySelector('[data-keep]').checked;
  }

  function asked() {
    const kept = {};
    for (const row of form.querySelectorAll('[data-column]')) {
      if (row.querySelector('[data-keep]').checked) kept[row.dataset.column] = row.querySelector('[data-called]').value.trim();
    }
    const said = new FormData(form);
    const query = new URLSearchParams({ key: said.get('key'), namespace: said.get('namespace'), columns: JSON.stringify(kept), file_name: file.name });
    for (const name of ['mode', 'name', 'description']) if (said.get(name)) query.set(name, said.get(name).trim());
    return query;
  }

  function show(percent, text) {
    if (percent === null) bar.removeAttribute('value');
    else bar.value = percent;
    find('[data-progress-text]').textContent = text;
  }

  function isSending(request) {
    sending = request;
    for (const field of form.querySelectorAll('#columns input, #columns select, #columns textarea, [type="file"], [data-send]')) field.disabled = Boolean(request);
    find('[data-progress]').hidden = !request;
    find('[data-stop]').hidden = !request;
    find('[data-cancel]').hidden = Boolean(request);
    if (!request) showKept();
  }

  function send() {
    if (!file || sending) return;
    if (form.elements.name && !form.elements.name.value.trim()) {
      refuse({ message: 'The list has no name yet.', problems: [{ message: 'Give it one that journeys can ask for.', field: 'name' }] });
      form.elements.name.focus();
      return;
    }
    trouble.replaceChildren();
    const request = new XMLHttpRequest();
    request.open('POST', `${form.dataset.upload}?${asked()}`);
    request.setRequestHeader('X-CSRFToken', token());
    request.setRequestHeader('Content-Type', 'text/csv');
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      const percent = Math.floor((loaded / Math.max(1, total)) * 100);
      show(percent, `${percent} % of ${inWords(total)} sent`);
    });
    let isSent = false; // from then on the server does what it does, whoever listens
    request.upload.addEventListener('load', () => {
      isSent = true;
      find('[data-stop]').hidden = true;
      show(null, 'Reading the file…');
    });
    request.addEventListener('load', () => {
      let said = null;
      try {
        said = JSON.parse(request.responseText);
      } catch { /* a page of a proxy, say */ }
      if (request.status === 202 && said) {
        location.assign(form.dataset.done.replace('/0/', `/${said.id}/`));
        return;
      }
      isSending(null);
      refuse(said ?? { message: 'That did not work.', hint: 'Nothing was kept. Try again in a moment.' });
    });
    request.addEventListener('error', () => {
      isSending(null);
      refuse(isSent
        ? { message: 'The connection broke after the file was sent.', hint: 'Look among the audiences whether it was taken in, before you upload it again.' }
        : { message: 'The connection broke.', hint: 'Nothing was kept. If the file was changed since you chose it, choose it again; then upload it again.' });
    });
    request.addEventListener('abort', () => {
      isSending(null);
      refuse({ message: 'Stopped.', hint: 'Nothing was kept.' });
    });
    isSending(request);
    show(0, 'Sending…');
    request.send(file);
  }

  function take() {
    const [chosen] = input.files;
    input.value = ''; // the same file, mended, is chosen anew
    void choose(chosen);
  }
  input.addEventListener('change', take);
  if (input.files.length) take(); // it was chosen before this script had arrived
  form.addEventListener('change', showKept);
  form.addEventListener('submit', (e) => {
    e.preventDefault();
    send();
  });
  find('[data-stop]').addEventListener('click', () => sending?.abort());
  const drop = find('[data-drop]');
  const over = (is) => (e) => {
    e.preventDefault();
    drop.classList.toggle('drop-over', is);
  };
  form.addEventListener('dragover', over(true));
  form.addEventListener('dragleave', over(false));
  form.addEventListener('drop', (e) => {
    over(false)(e);
    void choose(e.dataTransfer.files[0]);
  });
  addEventListener('beforeunload', (e) => {
    if (sending && sending.readyState < XMLHttpRequest.DONE) e.preventDefault();
  });
}

if (form) uploading(form);
