/** Colours for the expression language. Only the lexical surface: the server is the one that understands expressions. */
import { HighlightStyle, StreamLanguage, syntaxHighlighting, type StringStream } from '@codemirror/language';
import { tags } from '@lezer/highlight';

const words = new Set(['true', 'false', 'null', 'and', 'or', 'not', 'is', 'has', 'if', 'then', 'else', 'numeric', 'integer', 'decimal']);
const constants = new Set(['true', 'false', 'null']);

interface State {
  /** Depth of braces of a reference such as @event{…}. */
  inside: number;
}

function token(stream: StringStream, state: State): string | null {
  if (stream.eatSpace()) return null;
  if (state.inside > 0) {
    if (stream.eat('}')) {
      state.inside -= 1;
      return 'variableName';
    }
    if (stream.match(/^(defaultValue|params)(?=\s*:)/)) return 'keyword';
    if (stream.match(/^,/)) return 'punctuation';
    if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'variableName';
    if (stream.match(/^[^},"'\s]+/)) return 'variableName';
    stream.next();
    return 'variableName';
  }
  if (stream.match(/^(@[A-Za-z]*|#|\$)\{/)) {
    state.inside = 1;
    return 'variableName';
  }
  if (stream.match(/^"(?:[^"\\]|\\.)*"?|^'(?:[^'\\]|\\.)*'?/)) return 'string';
  if (stream.match(/^-?\d+(\.\d+)?/)) return 'number';
  const word = stream.match(/^[A-Za-z_][\w-]*/) as RegExpMatchArray | null;
  if (word) {
    if (constants.has(word[0])) return 'atom';
    if (words.has(word[0])) return 'keyword';
    return stream.match(/^\s*\(/, false) ? 'functionName' : 'name';
  }
  if (stream.match(/^(==|!=|>=|<=|[<>+\-*/%])/)) return 'operator';
  stream.next();
  return 'punctuation';
}

export const journeyLanguage = StreamLanguage.define<State>({
  name: 'journey-expression',
  startState: () => ({ inside: 0 }),
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
