import { invalid, shown } from './errors.ts';

interface DurationOf<T extends string, U extends string> {
  type: T;
  valueType: 'TYPED_DURATION';
  value: number;
  unit: U;
}

type Milliseconds = DurationOf<'MILLISECONDS', 'ms'>;
type Seconds = DurationOf<'SECONDS', 's'>;
type Minutes = DurationOf<'MINUTES', 'm'>;
type Hours = DurationOf<'HOURS', 'h'>;
type Days = DurationOf<'DAYS', 'd'>;

/** Time span with unit, as made by Duration; same shape as in the npm package typed-duration. */
export type TimeDuration = Milliseconds | Seconds | Minutes | Hours | Days;

/** A span: milliseconds, or with unit. */
export type IntoDuration = number | TimeDuration;

interface DurationUnit<D> {
  /** A number is taken in this unit, a span is converted to it. */
  of(time: IntoDuration): D;
  /** As `of`, but gives the number. */
  from(time: IntoDuration): number;
}

/** Milliseconds of one unit. */
const MS: Readonly<Record<TimeDuration['type'], number>> = {
  MILLISECONDS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
};

/** Constructors and converters for spans. */
export const Duration: {
  milliseconds: DurationUnit<Milliseconds>;
  seconds: DurationUnit<Seconds>;
  minutes: DurationUnit<Minutes>;
  hours: DurationUnit<Hours>;
  days: DurationUnit<Days>;
  value: {
    /** The bare number, whatever its unit. */
    from(time: IntoDuration): number;
    /** As text with its unit: `60000ms`. */
    of(time: IntoDuration, defaultUnit?: string): string;
  };
  isTypedDuration(x: unknown): x is TimeDuration;
} = {
  milliseconds: unit<Milliseconds>('MILLISECONDS', 'ms'),
  seconds: unit<Seconds>('SECONDS', 's'),
  minutes: unit<Minutes>('MINUTES', 'm'),
  hours: unit<Hours>('HOURS', 'h'),
  days: unit<Days>('DAYS', 'd'),
  value: {
    from: (time) => (isTypedDuration(time) ? time.value : time),
    of: (time, defaultUnit = '') => (isTypedDuration(time) ? `${time.value}${time.unit}` : `${time}${defaultUnit}`),
  },
  isTypedDuration,
};

function unit<D extends TimeDuration>(type: D['type'], symbol: D['unit']): DurationUnit<D> {
  const from = (time: IntoDuration): number => {
    if (!isTypedDuration(time)) return time;
    return time.type === type ? time.value : (time.value * MS[time.type]) / MS[type];
  };
  return { of: (time) => ({ type, value: from(time), valueType: 'TYPED_DURATION', unit: symbol }) as D, from };
}

function isTypedDuration(x: unknown): x is TimeDuration {
  return typeof x === 'object' && x !== null && (x as Partial<TimeDuration>).valueType === 'TYPED_DURATION';
}

/**
 * Whole milliseconds of a span, rounded up. Infinity means the longest that a number holds.
 * @param name of the option, for the error
 * @throws ZError `INVALID_ARGUMENT` on what is no span, NaN, and below 0
 */
export function durationMs(time: IntoDuration, name: string): number {
  const known = isTypedDuration(time) ? Object.hasOwn(MS, time.type) : typeof time === 'number';
  const ms: unknown = known ? Duration.milliseconds.from(time) : undefined;
  if (typeof ms !== 'number' || !(ms >= 0)) {
    throw invalid(`${name} is ${isTypedDuration(time) ? Duration.value.of(time) : shown(time)}: ${RIGHT}`);
  }
  return Math.min(Math.ceil(ms), Number.MAX_SAFE_INTEGER);
}

const RIGHT = 'it must be milliseconds from 0 on, or a span as in Duration.seconds.of(10)';
