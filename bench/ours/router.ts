import { ready, start } from '../lib/program.ts';
import { open } from './zenode.ts';

await open(start().flags, 'router');
ready();
