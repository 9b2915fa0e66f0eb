/** Colours for the expression language. Only the lexical surface: the server is the one that understands expressions. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import { tags } from '@lezer/highlight';

const words = new Set(['true', 'false', 'null', 'and', 'or', 'not', 'is', 'has', 'if', 'then', 'else', 'numeric', 'integer', 'decimal']);
const constants = new Set(['true', 'false', 'null']);

/** What encloses the place: the path of a reference, its options, or parentheses within either. */
interface State {
  around: readonly ('path' | 'option' | 'inner')[];
}

const closing = (state: State, what: string): boolean => state.around[state.around.length - 1] === what;
const out = (state: State): void => void (state.around = state.around.slice(0, -1));
const into = (state: State, what: State['around'][number]): void => void (state.around = [...state.around, what]);

function token(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (closing(state, 'path')) return inPath(stream, state);
  if (stream.match(/^(@[A-Za-z]*|#|\$)\{/)) {
    into(state, 'path');
    return 'variableName';
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string';
  if (stream.match(/^-?\d+(\.\d+)?/)) return 'number';
  if (closing(state, 'option') && stream.match(/^(defaultValue|params)(?=\s*:)/)) return 'keyword';
  if (stream.match(/^current(Event|DataPack|Action|DatasetLookup)Field(\s*\.\s*[A-Za-z_][\w-]*(?!\w*\s*\())*/)) return 'variableName';
  const word = stream.match(/^[A-Za-z_][\w-]*/) as RegExpMatchArray | null;
  if (word) {
    if (constants.has(word[0])) return 'atom';
    if (words.has(word[0])) return 'keyword';
    return stream.match(/^\s*\(/, false) ? 'functionName' : 'name';
  }
  if (stream.match(/^(==|!=|>=|<=|[<>+\-*/%])/)) return 'operator';
  const sign = stream.next();
  if (state.around.length) {
    if (sign === '(' || sign === '{') into(state, 'inner');
    else if ((sign === ')' || sign === '}') && closing(state, 'inner')) out(state);
    else if (sign === '}' && closing(state, 'option')) {
      out(state);
      return 'variableName';
    }
  }
  return 'punctuation';
}

function inPath(stream: StringStream, state: State): string {
  if (stream.eat('}')) {
    out(state);
    return 'variableName';
  }
  if (stream.eat(',')) {
    state.around = [...state.around.slice(0, -1), 'option'];
    return 'punctuation';
  }
  if (stream.eat('(')) {
    into(state, 'inner');
    return 'punctuation';
  }
  if (stream.match(/^[A-Za-z]+(?=\s*\()/)) return 'functionName';
  if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?|^[\w.-]+/)) return 'variableName';
  stream.next();
  return 'variableName';
}

export const journeyLanguage = StreamLanguage.define<State>({
  name: 'journey-expression',
  startState: () => ({ around: [] }),
  copyState: (state) => ({ ...state }),
  token,
  tokenTable: { functionName: tags.function(tags.variableName) },
  languageData: { closeBrackets: { brackets: ['(', '[', '{', '"', "'"] } },
});

export const colours = syntaxHighlighting(
  HighlightStyle.define([
    { tag: tags.variableName, class: 'tok-reference' },
    { tag: tags.function(tags.variableName), class: 'tok-function' },
    { tag: tags.string, class: 'tok-string' },
    { tag: tags.number, class: 'tok-number' },
    { tag: tags.atom, class: 'tok-number' },
    { tag: tags.keyword, class: 'tok-keyword' },
    { tag: tags.operator, class: 'tok-operator' },
  ]),
);
