/** The functions of the language by family, with what they do; a click inserts a call. */
import { Plus, Search } from 'lucide-react';
import { useState } from 'react';
import type { FunctionWord } from '../../graph/words';
import { t } from '../../messages';
import { IconButton } from '../../shell/ui';

export function FunctionList({ functions, readOnly, onInsert }: { functions: readonly FunctionWord[]; readOnly: boolean; onInsert: (one: FunctionWord) => void }) {
  const [query, setQuery] = useState('');
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = functions.filter((one) => words.every((word) => `${one.name} ${one.family} ${one.doc}`.toLowerCase().includes(word)));
  // Who searches for a name means the name.
  const named = [...shown].sort((one, other) => Number(other.name.toLowerCase().startsWith(query.toLowerCase())) - Number(one.name.toLowerCase().startsWith(query.toLowerCase())));
  const families = query ? [['', named] as const] : [...new Set(shown.map((one) => one.family))].map((family) => [family, shown.filter((one) => one.family === family)] as const);
  return (
    <div className="function-list">
      <div className="search-box">
        <Search size={14} aria-hidden />
        <input className="input" type="search" placeholder={t.searchFunctions} aria-label={t.searchFunctions} value={query} onChange={(event) => setQuery(event.target.value)} />
      </div>
      <div className="function-families">
        {families.map(([family, some]) => (
          <section key={family} aria-label={family || t.functions}>
            {family && <h3>{family}</h3>}
            {some.map((one) => (
              <div key={one.name} className="function-line" data-function={one.name}>
                <details name="function">
                  <summary>
                    <code>{one.name}</code>
                    <span className="tree-type">{one.signatures[0].replace(/^.*-> /, '')}</span>
                  </summary>
                  <div className="function-help">
                    {one.signatures.map((signature) => <code key={signature}>{one.name}{signature}</code>)}
                    <p>{one.doc}</p>
                    {one.example && <pre>{one.example}</pre>}
                  </div>
                </details>
                {!readOnly && <IconButton label={t.insert(one.name)} onClick={() => onInsert(one)}><Plus size={13} aria-hidden /></IconButton>}
              </div>
            ))}
          </section>
        ))}
        {shown.length === 0 && <p className="list-empty">{t.nothingFound}</p>}
      </div>
    </div>
  );
}
