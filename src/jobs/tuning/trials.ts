import type { HyperParameterTuningJob, Trial, TunedRange, TuningObjective } from '../../api/types';
import type { ISort } from '../../common/listing';

/** What a trial was to make better: its definition's objective, or the only one; null where AWS chose it. */
export function objectiveOf(job: HyperParameterTuningJob, trial?: Trial): TuningObjective | null {
  const own = job.definitions.find(
    each => each.definition_name === trial?.training_job_definition_name
  );
  return (own ?? job.definitions[0])?.objective ?? null;
}

export function isBest(job: HyperParameterTuningJob, trial: Trial): boolean {
  return job.best_training_job?.training_job_name === trial.training_job_name;
}

/** Every hyperparameter that is tuned, with the first range that any definition gives it. */
export function rangesOf(job: HyperParameterTuningJob): TunedRange[] {
  const ranges = new Map<string, TunedRange>();
  for (const range of job.definitions.flatMap(each => each.ranges)) {
    if (!ranges.has(range.name)) {
      ranges.set(range.name, range);
    }
  }
  return [...ranges.values()];
}

/** Names of what was tried, those with a range first. */
export function tunedNames(job: HyperParameterTuningJob, trials: readonly Trial[]): string[] {
  const ranges = rangesOf(job).map(each => each.name);
  const tried = trials.flatMap(each => Object.keys(each.tuned_hyperparameters ?? {}));
  return [...new Set([...ranges, ...tried])];
}

/** A trial's name without the tuning job's, which all of them begin with. */
export function shortName(job: HyperParameterTuningJob, trial: Trial): string {
  const { training_job_name: name } = trial;
  const prefix = `${job.hyper_parameter_tuning_job_name}-`;
  return name.startsWith(prefix) ? name.slice(prefix.length) : name;
}

/** Seconds from the start to the end, or to now; null before the start. */
export function secondsOf(trial: Trial, now: number): number | null {
  if (!trial.training_start_time) {
    return null;
  }
  const end = trial.training_end_time ? Date.parse(trial.training_end_time) : now;
  return Math.max(0, (end - Date.parse(trial.training_start_time)) / 1000);
}

/** The best objective of all trials up to each one; null before the first. */
export function bestSoFar(
  objectives: readonly (number | null)[],
  type: TuningObjective['type']
): (number | null)[] {
  const better = type === 'Maximize' ? Math.max : Math.min;
  let best: number | null = null;
  return objectives.map(value => {
    if (value !== null) {
      best = best === null ? value : better(best, value);
    }
    return best;
  });
}

/** Columns of trials that are no hyperparameter; those are `hyperparameter:<name>`. */
export const HYPERPARAMETER = 'hyperparameter:';

/** The trials in the order of a column; those without a value there come last, whichever way it is sorted. */
export function sortTrials(trials: readonly Trial[], sort: ISort, now: number): Trial[] {
  const values = new Map(trials.map(trial => [trial, valueOf(trial, sort.column, now)]));
  const direction = sort.descending ? -1 : 1;
  return [...trials].sort((a, b) => {
    const [left, right] = [values.get(a) ?? null, values.get(b) ?? null];
    if (left === null || right === null) {
      return Number(left === null) - Number(right === null);
    }
    return direction * compare(left, right);
  });
}

function valueOf(trial: Trial, column: string, now: number): number | string | null {
  if (column.startsWith(HYPERPARAMETER)) {
    const value = trial.tuned_hyperparameters?.[column.slice(HYPERPARAMETER.length)];
    return value === undefined ? null : asNumber(value);
  }
  switch (column) {
    case 'objective':
      return trial.objective;
    case 'status':
      return trial.training_job_status;
    case 'started':
      return trial.training_start_time && Date.parse(trial.training_start_time);
    case 'duration':
      return secondsOf(trial, now);
    case 'failure':
      return trial.failure_reason;
    default:
      return trial.training_job_name;
  }
}

function asNumber(text: string): number | string {
  return text.trim() !== '' && Number.isFinite(Number(text)) ? Number(text) : text;
}

function compare(left: number | string, right: number | string): number {
  return typeof left === 'number' && typeof right === 'number'
    ? left - right
    : String(left).localeCompare(String(right));
}
