import type { HyperParameterTuningJob, Trial } from '../../api/types';
import { bestSoFar, isBest, objectiveOf, rangesOf } from './trials';

/** A training job with an objective. */
export interface ITrialPoint {
  readonly trial: Trial;
  readonly x: number;
  readonly y: number;
  readonly isBest: boolean;
}

export type TrialAxis =
  | { readonly kind: 'linear' | 'log'; readonly range: readonly [number, number] }
  /** The point at x stands for the x-th name. */
  | { readonly kind: 'names'; readonly names: readonly string[] };

export interface ITrialChart {
  /** By x. */
  readonly points: readonly ITrialPoint[];
  readonly axis: TrialAxis;
  /** The best objective up to each point; null where it would say nothing. */
  readonly bestSoFar: readonly (number | null)[] | null;
}

/** Objectives over the numbers of the training jobs, which count from 1 in the order of their creation. */
export function overTrials(job: HyperParameterTuningJob, trials: readonly Trial[]): ITrialChart {
  const points = pointsOf(job, trials, (_, index) => index + 1);
  const type = objectiveOf(job)?.type;
  return {
    points,
    axis: { kind: 'linear', range: [0.5, trials.length + 0.5] },
    bestSoFar: type
      ? bestSoFar(
          points.map(point => point.y),
          type
        )
      : null
  };
}

/** Objectives over the values of one hyperparameter, on a logarithmic axis where `log` says so. */
export function overHyperparameter(
  job: HyperParameterTuningJob,
  trials: readonly Trial[],
  name: string,
  log: boolean
): ITrialChart {
  const range = rangesOf(job).find(each => each.name === name);
  const tried = trials.map(each => each.tuned_hyperparameters?.[name]);
  const numbers = tried.filter(isNumber).map(Number);
  if (
    range?.kind === 'categorical' ||
    numbers.length < tried.filter(each => each !== undefined).length
  ) {
    const names = [
      ...new Set([...(range?.values ?? []), ...tried.filter(each => each !== undefined)])
    ];
    return {
      points: pointsOf(job, trials, (_, index) => position(names, tried[index])),
      axis: { kind: 'names', names },
      bestSoFar: null
    };
  }
  const low = range?.min_value ?? numbers.reduce((a, b) => Math.min(a, b), Infinity);
  const high = range?.max_value ?? numbers.reduce((a, b) => Math.max(a, b), -Infinity);
  return {
    points: pointsOf(job, trials, (_, index) =>
      isNumber(tried[index]) ? Number(tried[index]) : null
    ),
    axis: log ? { kind: 'log', range: [low, high] } : { kind: 'linear', range: widened(low, high) },
    bestSoFar: null
  };
}

/** Whether an axis can be logarithmic, and whether the search went that way. */
export function logChoice(
  job: HyperParameterTuningJob,
  name: string
): { possible: boolean; natural: boolean } {
  const range = rangesOf(job).find(each => each.name === name);
  const possible =
    typeof range?.min_value === 'number' &&
    range.min_value > 0 &&
    (range.max_value ?? 0) > range.min_value;
  return { possible, natural: possible && range?.scaling_type === 'Logarithmic' };
}

function pointsOf(
  job: HyperParameterTuningJob,
  trials: readonly Trial[],
  place: (trial: Trial, index: number) => number | null
): ITrialPoint[] {
  return trials
    .map((trial, index) => ({ trial, x: place(trial, index), y: trial.objective }))
    .filter(
      (each): each is { trial: Trial; x: number; y: number } => each.x !== null && each.y !== null
    )
    .map(each => ({ ...each, isBest: isBest(job, each.trial) }))
    .sort((a, b) => a.x - b.x);
}

function position(names: readonly string[], value: string | undefined): number | null {
  return value === undefined ? null : names.indexOf(value);
}

function isNumber(text: string | undefined): text is string {
  return text !== undefined && text.trim() !== '' && Number.isFinite(Number(text));
}

/** A little room beside the outermost points. */
function widened(low: number, high: number): [number, number] {
  const room = (high - low) * 0.03 || 0.5;
  return [low - room, high + room];
}
