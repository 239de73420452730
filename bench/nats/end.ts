import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type End, nodeEnd } from '../lib/end.ts';
import { addressOf } from '../lib/program.ts';

const CLIENT = fileURLToPath(new URL('node_modules/@nats-io/transport-node', import.meta.url));
const CONFIG = fileURLToPath(new URL('server.conf', import.meta.url));
const SERVER = 'nats-server';

function missing(): string | undefined {
  if (spawnSync(SERVER, ['--version']).error) {
    return 'there is no nats-server: apt-get install nats-server, or put it on the PATH';
  }
  if (!existsSync(CLIENT)) return 'the client is not installed: npm ci --prefix bench/nats';
  return undefined;
}

const programs = nodeEnd('nats', 'nats', missing);

/** NATS: the server of the system, its own client for Node. */
export const nats: End = {
  ...programs,
  launch(role, flags) {
    if (role !== 'router') return programs.launch(role, flags);
    const { host, port } = addressOf([String(flags.listen)]);
    const argv = [SERVER, '--config', CONFIG, '--addr', host, '--port', String(port)];
    return { name: 'nats-server', argv, ready: /Server is ready/ };
  },
};
