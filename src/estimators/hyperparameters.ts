import type { TranslationBundle } from '@jupyterlab/translation';
import type { AlgorithmHyperparameter } from '../api/types';
import { formatNumber } from '../common/format';

/** How many digits of a limit are shown. */
const DIGITS = 6;

/** What is wrong with a value, in words; null: nothing, or it cannot be known here. */
export function valueProblem(
  { type, choices, words, ...limits }: AlgorithmHyperparameter,
  value: unknown,
  trans: TranslationBundle
): string | null {
  const text = String(value ?? '').trim();
  // What stands in for a value is filled in later.
  if (text.includes('${') || words?.includes(text)) {
    return null;
  }
  if (choices && !choices.map(String).includes(text)) {
    return trans.__('One of %1.', choices.join(', '));
  }
  if (type !== 'int' && type !== 'float') {
    return null;
  }
  const number = Number(text);
  if (text === '' || !Number.isFinite(number)) {
    return trans.__('This is a number.');
  }
  if (type === 'int' && !Number.isInteger(number)) {
    return trans.__('This is a whole number.');
  }
  if (isNumber(limits.minimum) && number < limits.minimum) {
    return trans.__('At least %1.', formatNumber(limits.minimum, DIGITS));
  }
  if (isNumber(limits.above) && number <= limits.above) {
    return trans.__('More than %1.', formatNumber(limits.above, DIGITS));
  }
  if (isNumber(limits.maximum) && number > limits.maximum) {
    return trans.__('At most %1.', formatNumber(limits.maximum, DIGITS));
  }
  if (isNumber(limits.below) && number >= limits.below) {
    return trans.__('Less than %1.', formatNumber(limits.below, DIGITS));
  }
  return null;
}

/** `whole number · from 1 · or auto · without it 5 · tunable, usually 1 to 10`, as it is documented. */
export function describeHyperparameter(
  definition: AlgorithmHyperparameter,
  trans: TranslationBundle
): string {
  const { type, choices, minimum, above, maximum, below, words, recommended } = definition;
  const number = (value: number) => formatNumber(value, DIGITS);
  const types: Record<string, string> = {
    int: trans.__('whole number'),
    float: trans.__('number'),
    bool: trans.__('true or false'),
    str: trans.__('text'),
    list: trans.__('list')
  };
  return [
    choices ? choices.join(' | ') : (types[type] ?? type),
    isNumber(minimum) && trans.__('from %1', number(minimum)),
    isNumber(above) && trans.__('more than %1', number(above)),
    isNumber(maximum) && trans.__('up to %1', number(maximum)),
    isNumber(below) && trans.__('less than %1', number(below)),
    words?.length && trans.__('or %1', words.join(' | ')),
    definition.required && trans.__('required'),
    definition.default && trans.__('without it %1', definition.default),
    recommended &&
      trans.__('tunable, usually %1 to %2', number(recommended[0]), number(recommended[1])),
    definition.tunable && !recommended && trans.__('tunable')
  ]
    .filter(Boolean)
    .join(' · ');
}

/** The ways to tune a hyperparameter. */
export const RANGE_KINDS = ['continuous', 'integer', 'categorical'] as const;

export type RangeKind = (typeof RANGE_KINDS)[number];

/** The kinds of range that go with a hyperparameter; all, where it is the user's own. */
export function rangeKinds(definition: AlgorithmHyperparameter | undefined): readonly RangeKind[] {
  if (!definition) {
    return RANGE_KINDS;
  }
  const numeric = { int: 'integer', float: 'continuous' }[definition.type];
  return RANGE_KINDS.filter(
    kind => kind === 'categorical' || (!definition.choices && kind === numeric)
  );
}

/** What a range begins with: what the documentation recommends, or the value that there was. */
export function firstRange(
  kind: RangeKind,
  definition: AlgorithmHyperparameter | undefined,
  value: unknown
): unknown {
  const given = value === undefined || value === '' ? [] : [value];
  if (kind === 'categorical') {
    return definition?.recommended_values ?? definition?.choices ?? given;
  }
  const [from, to] = definition?.recommended ?? [];
  return isNumber(from) && isNumber(to) ? { min_value: from, max_value: to } : {};
}

function isNumber(value: unknown): value is number {
  return typeof value === 'number';
}
