import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LocatorParameters, packQosLink } from '../wire/index.ts';
import { linkQos, type LinkQos, linkQosOf, negotiateQos, qosOfEcho } from './link-qos.ts';

type Text = 'off' | 'on' | `prio ${number}-${number}` | `rel ${0 | 1}` | `prio ${number}-${number} rel ${0 | 1}`;

/** Restrictions as these tests write them. */
function parse(text: Text): LinkQos {
  const prio = /prio (\d)-(\d)/.exec(text);
  const rel = /rel (\d)/.exec(text);
  return {
    priorities: prio === null ? undefined : [Number(prio[1]), Number(prio[2])],
    reliability: rel === null ? undefined : rel[1] === '1' ? 1 : 0,
  };
}

function show(offer: ReturnType<typeof linkQos> | string): string {
  if (typeof offer === 'string') return 'refused';
  if (!offer.on) return 'off';
  const { priorities, reliability } = offer.link;
  const parts = [
    priorities === undefined ? '' : `prio ${priorities.join('-')}`,
    reliability === undefined ? '' : `rel ${reliability}`,
  ].filter((part) => part !== '');
  // What is said on the wire has to be the same.
  if (parts.length === 0) assert.deepEqual([offer.plain, offer.restricted], [true, undefined]);
  else assert.deepEqual([offer.plain, offer.restricted], [false, packQosLink(offer.link)]);
  return parts.length === 0 ? 'on' : parts.join(' ');
}

const rows: readonly (readonly [initiator: Text, acceptor: Text, result: Text | 'refused'])[] = [
  ['off', 'off', 'off'],
  ['off', 'on', 'off'],
  ['off', 'prio 2-4', 'off'],
  ['on', 'off', 'off'],
  ['prio 2-4', 'off', 'off'],
  ['on', 'on', 'on'],
  ['prio 2-4', 'on', 'prio 2-4'],
  ['prio 2-4', 'prio 2-4', 'prio 2-4'],
  ['prio 2-4', 'prio 1-7', 'prio 2-4'],
  ['prio 2-4', 'prio 3-7', 'refused'],
  ['prio 2-4', 'prio 2-3', 'refused'],
  ['on', 'prio 2-4', 'prio 2-4'],
  ['rel 1', 'on', 'rel 1'],
  ['rel 0', 'on', 'rel 0'],
  ['rel 1', 'rel 1', 'rel 1'],
  ['on', 'rel 0', 'rel 0'],
  ['on', 'rel 1', 'rel 1'],
  ['rel 1', 'rel 0', 'refused'],
  ['rel 0', 'rel 1', 'refused'],
  ['prio 1-3 rel 1', 'on', 'prio 1-3 rel 1'],
  ['prio 1-3', 'rel 0', 'prio 1-3 rel 0'],
  ['rel 0', 'prio 1-3', 'prio 1-3 rel 0'],
];
for (const [initiator, acceptor, result] of rows) {
  test(`link qos: an initiator with ${initiator} and an acceptor with ${acceptor} agree on ${result}`, () => {
    const offer = linkQos(initiator !== 'off', parse(initiator));
    const answer = negotiateQos(acceptor !== 'off', parse(acceptor), offer.plain, offer.restricted);
    assert.equal(show(answer), result);
    if (typeof answer === 'string') return;
    const echo = qosOfEcho(initiator !== 'off', parse(initiator), answer.plain, answer.restricted);
    assert.equal(show(echo), result);
  });
}

const echoes: readonly (readonly [own: Text, answer: Text, result: Text | 'refused'])[] = [
  ['prio 2-4', 'prio 3-4', 'refused'],
  ['prio 2-4', 'prio 1-4', 'prio 2-4'],
  ['rel 1', 'rel 0', 'refused'],
  ['off', 'on', 'off'],
  ['prio 2-4', 'on', 'prio 2-4'],
];
for (const [own, answer, result] of echoes) {
  test(`link qos: ${own} answered by ${answer} is ${result}`, () => {
    const { plain, restricted } = linkQos(true, parse(answer));
    assert.equal(show(qosOfEcho(own !== 'off', parse(own), plain, restricted)), result);
  });
}

const metadata: readonly (readonly [prio: string | undefined, rel: string | undefined, Text])[] = [
  [undefined, undefined, 'on'],
  ['3', undefined, 'prio 3-3'],
  ['1-3', '0', 'prio 1-3 rel 0'],
  [undefined, '1', 'rel 1'],
];
for (const [prio, rel, result] of metadata) {
  test(`link qos: prio ${prio ?? 'unset'} and rel ${rel ?? 'unset'} of an endpoint mean ${result}`, () => {
    assert.deepEqual(linkQosOf(parameters(prio, rel)), parse(result));
  });
}

for (const [prio, rel] of [
  ['8', undefined],
  ['4-2', undefined],
  ['1-', undefined],
  ['', undefined],
  [undefined, '2'],
  [undefined, 'true'],
] as const) {
  test(`link qos: prio ${prio ?? 'unset'} and rel ${rel ?? 'unset'} of an endpoint are refused`, () => {
    assert.throws(() => linkQosOf(parameters(prio, rel)), /metadata/);
  });
}

function parameters(prio: string | undefined, rel: string | undefined): LocatorParameters {
  return new LocatorParameters().with({ prio, rel });
}
