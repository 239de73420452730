import { CodecError } from '../base/index.ts';
import { type LocatorParameters, packQosLink, type QosLink, unpackQosLink } from '../wire/index.ts';

/** Priorities and reliability that a link is restricted to; undefined fields are not restricted. */
export type LinkQos = QosLink;

export const UNRESTRICTED: LinkQos = { priorities: undefined, reliability: undefined };

/** What an Init says of QoS: nothing, the plain extension, or the one with restrictions. */
export interface QosOffer {
  readonly on: boolean;
  readonly plain: boolean;
  readonly restricted: number | undefined;
  readonly link: LinkQos;
}

const OFF: QosOffer = { on: false, plain: false, restricted: undefined, link: UNRESTRICTED };

/** The offer of a node that has QoS on or off, on a link with these restrictions. */
export function linkQos(on: boolean, link: LinkQos): QosOffer {
  if (!on) return OFF;
  const free = link.priorities === undefined && link.reliability === undefined;
  return { on: true, plain: free, restricted: free ? undefined : packQosLink(link), link };
}

/** Reads `prio` and `rel` of an endpoint. */
export function linkQosOf(metadata: LocatorParameters): LinkQos {
  const prio = metadata.get('prio');
  const rel = metadata.get('rel');
  let priorities: readonly [number, number] | undefined;
  if (prio !== undefined) {
    const match = /^([0-7])(?:-([0-7]))?$/.exec(prio);
    const from = Number(match?.[1]);
    const to = Number(match?.[2] ?? match?.[1]);
    if (match === null || from > to) {
      throw new CodecError(`metadata "prio=${prio}" is no priority from 0 to 7 and no range like 1-3`);
    }
    priorities = [from, to];
  }
  if (rel !== undefined && rel !== '0' && rel !== '1') throw new CodecError(`metadata "rel=${rel}" is neither 0 nor 1`);
  return { priorities, reliability: rel === undefined ? undefined : rel === '1' ? 1 : 0 };
}

/** What the remote said: undefined is no QoS, text is an error. */
function heard(plain: boolean, restricted: number | undefined): LinkQos | undefined | string {
  if (restricted === undefined) return plain ? UNRESTRICTED : undefined;
  if (plain) return 'both QoS extensions at once';
  try {
    return unpackQosLink(restricted);
  } catch (error) {
    if (error instanceof CodecError) return error.message;
    throw error;
  }
}

function includes(outer: readonly [number, number], inner: readonly [number, number]): boolean {
  return outer[0] <= inner[0] && inner[1] <= outer[1];
}

/** What an acceptor answers; text is why it refuses. */
export function negotiateQos(
  on: boolean,
  own: LinkQos,
  plain: boolean,
  restricted: number | undefined,
): QosOffer | string {
  const theirs = heard(plain, restricted);
  if (typeof theirs === 'string') return theirs;
  if (!on || theirs === undefined) return OFF;
  if (theirs.priorities !== undefined && own.priorities !== undefined && !includes(own.priorities, theirs.priorities)) {
    return 'the link does not carry the priorities that were asked for';
  }
  if (theirs.reliability !== undefined && own.reliability !== undefined && theirs.reliability !== own.reliability) {
    return 'the link has another reliability';
  }
  return linkQos(true, {
    priorities: theirs.priorities ?? own.priorities,
    reliability: theirs.reliability ?? own.reliability,
  });
}

/** What an initiator makes of the answer; text is why it refuses. */
export function qosOfEcho(
  on: boolean,
  own: LinkQos,
  plain: boolean,
  restricted: number | undefined,
): QosOffer | string {
  const theirs = heard(plain, restricted);
  if (typeof theirs === 'string') return theirs;
  if (!on || theirs === undefined) return OFF;
  if (own.priorities !== undefined && theirs.priorities !== undefined && !includes(theirs.priorities, own.priorities)) {
    return 'the answer narrows the priorities of the link';
  }
  if (own.reliability !== undefined && theirs.reliability !== undefined && theirs.reliability !== own.reliability) {
    return 'the answer changes the reliability of the link';
  }
  return linkQos(true, {
    priorities: own.priorities ?? theirs.priorities,
    reliability: own.reliability ?? theirs.reliability,
  });
}
