/** Who else is there while the examples run. Each says something once it is ready. */
export const COMPANIONS: readonly string[] = [
  `zenode queryable -e tcp/localhost:7447 'demo/room/light' 300`,
  'zenode querier -e tcp/localhost:7447 demo/room/light --interval 0.3',
  'zenode querier -e tcp/localhost:7447 demo/hall/lamp --interval 0.3',
  'zenode liveliness token -e tcp/localhost:7447 demo/alive/robot-0',
  'zenode pong -e tcp/localhost:7447',
  'zenode pub -e tcp/localhost:7447 demo/room/temperature 20 --interval 0.2',
  'zenode pub -e tcp/localhost:7447 test/thr x --interval 0.05',
  'zenode pub -e tcp/localhost:7447 demo/fast x --interval 0.05',
];

const PUT = String.raw`put demo\/\S+: .*`;
const JSON_SAMPLE = String.raw`\{"key":"demo\/\w+\/temperature","kind":"put",.*\}`;
const JSON_RATE = String.raw`\{"msgs_per_s":\d+,"bytes_per_s":\d+\}`;
const lines = (line: string, count: string): RegExp =>
  new RegExp(String.raw`^(\w+ on .*\n)?(${line}\n){${count}}$`, 'm');

/** What the two examples of each command print, by its name. */
export const EXPECTED: Readonly<Record<string, readonly [RegExp, RegExp]>> = {
  router: [/Zenoh can be reached at: tcp\//, /transport to [0-9a-f]+ is open/],
  put: [/^$/, /^$/],
  delete: [/^$/, /^$/],
  pub: [/^(published value \d on demo\/room\/clock\n){3}$/, /^(published value \d+ on demo\/room\/clock\n){3,}$/],
  sub: [lines(PUT, '2'), lines(JSON_SAMPLE, '2,')],
  get: [/^put demo\/room\/light: 300$/m, /"key":"demo\/room\/light","kind":"put","payload":"300"/],
  queryable: [/^query demo\/room\/light(\?|$)/m, /^query demo\/hall\/lamp$/m],
  querier: [/(^put demo\/room\/light: 300\n[^]*){2}/m, /("payload":"300"[^]*){3}/],
  'liveliness token': [/^alive on demo\/alive\/robot-1\n$/, /^alive on demo\/alive\/robot-2\n$/],
  'liveliness sub': [/^alive demo\/alive\/robot-0$/m, /^\{"key":"demo\/alive\/\S+","kind":"(put|delete)",/m],
  'liveliness get': [/^alive demo\/alive\/robot-0$/m, /^\{"key":"demo\/alive\/robot-0","kind":"put"/m],
  info: [/^zid \w+\nrouter \w+\n/, /^\{"zid":"\w+","routers":\["\w+"\],"peers":\[\]\}\n$/],
  ping: [/^(8 bytes: [\d.]+ µs\n){5}5 round trips: median/m, /^(\{"rtt_us":[\d.]+\}\n){3}\{"count":3,"p50_us":/m],
  pong: [/^answering pings/, /^answering pings/],
  'perf pub': [/^(\d+ msgs\/s, \d+ bytes\/s\n)+$/, new RegExp(`^${JSON_RATE}\n$`)],
  'perf sub': [lines(String.raw`\d+ msgs\/s, \d+ bytes\/s`, '1'), lines(JSON_RATE, '1,')],
};
