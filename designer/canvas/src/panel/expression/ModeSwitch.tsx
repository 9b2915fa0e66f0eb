/** Two or more ways to edit the same thing, one of them chosen; arrow keys move between them. */
export function ModeSwitch<Mode extends string>({ label, modes, mode, onChoose }: {
  label: string;
  modes: readonly (readonly [Mode, string])[];
  /** null: none yet, and the first one takes the focus. */
  mode: Mode | null;
  onChoose: (mode: Mode) => void;
}) {
  const focused = mode ?? modes[0][0];
  return (
    <div
      className="mode-switch"
      role="radiogroup"
      aria-label={label}
      onKeyDown={(event) => {
        if (!/^Arrow(Left|Right|Up|Down)$/.test(event.key)) return;
        event.preventDefault();
        const other = event.currentTarget.querySelector<HTMLElement>('[aria-checked="false"]');
        other?.focus();
        other?.click();
      }}
    >
      {modes.map(([one, name]) => (
        <button key={one} type="button" role="radio" aria-checked={mode === one} tabIndex={focused === one ? 0 : -1} onClick={() => one !== mode && onChoose(one)}>{name}</button>
      ))}
    </div>
  );
}
