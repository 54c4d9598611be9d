import { OK, type Output } from './output.js';
import { everyNode, type VerbNode, type VerbOption } from './verb-tree.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** `sextant completion SHELL`: prints a script by which a shell completes verbs and options. It calls nothing. */
export function completion(
  shell: Shell,
  { tree, json }: { readonly tree: VerbNode; readonly json: boolean },
  output: Output,
): number {
  const script = completionScript(shell, tree);
  output.out(json ? JSON.stringify({ shell, script }) : script);
  return OK;
}

export function completionScript(shell: Shell, tree: VerbNode): string {
  const nodes = everyNode(tree);
  if (shell === 'bash') return bash(nodes);
  return shell === 'zsh' ? zsh(nodes) : fish(nodes);
}

function bash(nodes: readonly VerbNode[]): string {
  return [
    '# Completion of sextant for bash: source <(sextant completion bash)',
    '_sextant() {',
    `  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} verb=sextant found= at`,
    '  for ((at = 1; at < COMP_CWORD; at++)); do',
    `    case "$verb \${COMP_WORDS[at]}" in`,
    `      ${verbPattern(nodes)}) verb="$verb \${COMP_WORDS[at]}" ;;`,
    '    esac',
    '  done',
    ...valueCases(nodes, 'COMPREPLY=($(compgen -W "$found" -- "$current")); return'),
    ...wordCases(nodes),
    '  COMPREPLY=($(compgen -W "$found" -- "$current"))',
    '}',
    'complete -o default -F _sextant sextant',
  ].join('\n');
}

function zsh(nodes: readonly VerbNode[]): string {
  return [
    '#compdef sextant',
    '# Completion of sextant for zsh: source <(sextant completion zsh)',
    '_sextant() {',
    `  local previous=\${words[CURRENT-1]} verb=sextant found= at`,
    '  for ((at = 2; at < CURRENT; at++)); do',
    `    case "$verb \${words[at]}" in`,
    `      ${verbPattern(nodes)}) verb="$verb \${words[at]}" ;;`,
    '    esac',
    '  done',
    ...valueCases(nodes, `if [[ -n $found ]]; then compadd -- \${=found}; else _files; fi; return`),
    ...wordCases(nodes),
    `  compadd -- \${=found}`,
    '  _files',
    '}',
    'compdef _sextant sextant',
  ].join('\n');
}

/** All that can follow another word, so that a verb is told from a value that is called the same. */
function verbPattern(nodes: readonly VerbNode[]): string {
  return nodes
    .slice(1)
    .map(({ words }) => `'${words}'`)
    .join('|');
}

/** After an option that takes a value comes one of its choices, or the name of a file. */
function valueCases(nodes: readonly VerbNode[], complete: string): readonly string[] {
  const lines = nodes.flatMap(({ words, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ long, choices }) => `    '${words} ${long}') found='${choices.join(' ')}'; ${complete} ;;`),
  );
  return ['  case "$verb $previous" in', ...lines, '  esac'];
}

function wordCases(nodes: readonly VerbNode[]): readonly string[] {
  return [
    '  case "$verb" in',
    ...nodes.map((node) => `    '${node.words}') found='${wordsAfter(node).join(' ')}' ;;`),
    '  esac',
  ];
}

function wordsAfter({ below, options, choices }: VerbNode): readonly string[] {
  return [...below.map(lastWord), ...choices, ...options.map(({ long }) => long)];
}

function lastWord({ words }: VerbNode): string {
  return words.slice(words.lastIndexOf(' ') + 1);
}

function fish(nodes: readonly VerbNode[]): string {
  return [
    '# Completion of sextant for fish: sextant completion fish | source',
    'function __sextant_verb',
    '  set -l verb sextant',
    '  for word in (commandline -opc)[2..-1]',
    '    switch "$verb $word"',
    `      case ${verbPattern(nodes).replaceAll('|', ' ')}`,
    '        set verb "$verb $word"',
    '    end',
    '  end',
    '  echo $verb',
    'end',
    'function __sextant_at',
    '  test (__sextant_verb) = "$argv[1]"',
    'end',
    ...nodes.flatMap(fishLines),
  ].join('\n');
}

function fishLines(node: VerbNode): readonly string[] {
  const at = `complete -c sextant -n "__sextant_at '${node.words}'"`;
  return [
    ...node.below.map((each) => `${at} -f -a ${lastWord(each)} -d ${fishText(each.says)}`),
    ...(node.choices.length === 0 ? [] : [`${at} -f -a ${fishText(node.choices.join(' '))}`]),
    ...node.options.map((option) => `${at} ${fishOption(option)}`),
  ];
}

function fishOption({ long, takesValue, choices, says }: VerbOption): string {
  const value = choices.length > 0 ? ` -x -a ${fishText(choices.join(' '))}` : takesValue ? ' -r' : '';
  return `-l ${long.slice(2)}${value} -d ${fishText(says)}`;
}

function fishText(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
