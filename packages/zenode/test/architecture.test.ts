import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const BELOW_RUNTIME = ['base', 'keyexpr', 'wire', 'config', 'link', 'transport', 'routing'];
const BELOW_SESSION = [...BELOW_RUNTIME, 'runtime'];
const API = ['base', 'keyexpr', 'wire', 'session'];
const ROOMS = [...BELOW_SESSION, 'session', 'ext', 'storage', 'rest'];

/** Which rooms a room may enter. What is not here may not exist. */
const MAY_ENTER: Readonly<Record<string, readonly string[]>> = {
  base: [],
  keyexpr: ['base'],
  wire: ['base', 'keyexpr'],
  config: ['base', 'keyexpr', 'wire'],
  link: ['base', 'wire'],
  transport: ['base', 'wire', 'link'],
  routing: ['base', 'keyexpr', 'wire'],
  runtime: BELOW_RUNTIME,
  session: BELOW_SESSION,
  ext: API,
  storage: [...API, 'ext'],
  rest: [...API, 'ext'],
  testing: [...BELOW_SESSION, 'session'],
  entry: ROOMS,
  cli: [...ROOMS, 'entry'],
};

/** The interface that the transport knows links by. */
const LINK = 'link/link.ts';

/** Doors beside a room's index.ts: what depends on the platform is chosen by those who know it. */
const SIDE_DOORS = [
  /^config\/file\.ts$/,
  /^link\/[a-z]+\/(index|node|browser)\.ts$/,
  /^storage\/[a-z]+\/index\.ts$/,
  /^entry\/[a-z]+\.ts$/,
];
const MAY_USE_SIDE_DOORS = ['entry', 'cli', 'testing'];

/** Where `node:` may appear. tsconfig.portable.json leaves out the same places. */
const NODE_PLACES = [
  'link/tcp',
  'link/tls',
  'link/udp',
  'link/unix',
  'link/ws/node.ts',
  'storage/sqlite',
  'storage/filesystem',
  'rest',
  'config/file.ts',
  'cli',
  'entry/node.ts',
  'entry/platform.ts',
];

/** Each foreign package is met in one room. */
const FOREIGN: Readonly<Record<string, string>> = {
  '@noble/hashes': 'base/hash.ts',
  json5: 'config',
  yaml: 'config',
  ws: 'link/ws/node.ts',
};

/** Time, turns and chance come from the Scheduler. */
const FORBIDDEN_BELOW_RUNTIME = new Set([
  'setTimeout',
  'setInterval',
  'setImmediate',
  'queueMicrotask',
  'performance',
  'crypto',
  'MessageChannel',
]);
const FORBIDDEN_MEMBERS = new Set(['Date.now', 'Math.random', 'process.hrtime', 'process.nextTick']);

interface Import {
  readonly specifier: string;
  readonly line: number;
}

interface Source {
  readonly path: string;
  readonly room: string;
  readonly isTest: boolean;
  readonly imports: readonly Import[];
  readonly ast: ts.SourceFile;
}

const src = fileURLToPath(new URL('../src/', import.meta.url));
const sources: readonly Source[] = globSync('**/*.ts', { cwd: src })
  .map((path) => path.replaceAll('\\', '/'))
  .sort()
  .map(read);
const shipped = sources.filter((s) => !s.isTest);

function read(path: string): Source {
  const ast = ts.createSourceFile(path, readFileSync(src + path, 'utf8'), ts.ScriptTarget.ESNext, true);
  const imports: Import[] = [];
  walk(ast, (node) => {
    const specifier = specifierOf(node);
    if (specifier) imports.push({ specifier: specifier.text, line: lineOf(ast, node) });
  });
  // The one suite that every link and every volume runs lives beside what it describes.
  const isTest = /\.test\.ts$|(^|\/)contract\.ts$/.test(path);
  return { path, room: path.split('/')[0]!, isTest, imports, ast };
}

function specifierOf(node: ts.Node): ts.StringLiteral | undefined {
  let found: ts.Node | undefined;
  if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) found = node.moduleSpecifier;
  else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) found = node.argument.literal;
  else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) found = node.arguments[0];
  return found && ts.isStringLiteral(found) ? found : undefined;
}

function walk(node: ts.Node, visit: (node: ts.Node) => void): void {
  visit(node);
  ts.forEachChild(node, (child) => walk(child, visit));
}

function lineOf(ast: ts.SourceFile, node: ts.Node): number {
  return ast.getLineAndCharacterOfPosition(node.getStart(ast)).line + 1;
}

function isIn(path: string, places: readonly string[]): boolean {
  return places.some((place) => path === place || path.startsWith(`${place}/`));
}

/** The path below src that a relative import means. */
function targetOf(source: Source, specifier: string): string {
  return relative(src, resolve(src, dirname(source.path), specifier)).replaceAll('\\', '/');
}

/** Calls `check` for each import; what it returns is a complaint. All complaints come in one failure. */
function checkImports(from: readonly Source[], check: (source: Source, specifier: string) => string | undefined): void {
  const complaints: string[] = [];
  for (const source of from) {
    for (const { specifier, line } of source.imports) {
      const complaint = check(source, specifier);
      if (complaint !== undefined) complaints.push(`src/${source.path}:${line} imports "${specifier}": ${complaint}`);
    }
  }
  assert.equal(complaints.length, 0, `\n${complaints.join('\n')}`);
}

const isRelative = (specifier: string): boolean => specifier.startsWith('.');

test('architecture: every folder of src is a known room', () => {
  const unknown = sources.filter((s) => !(s.room in MAY_ENTER)).map((s) => s.path);
  assert.deepEqual(unknown, []);
});

test('architecture: a relative import names an existing .ts file inside src', () => {
  checkImports(sources, (source, specifier) => {
    if (!isRelative(specifier)) return undefined;
    if (!specifier.endsWith('.ts')) return 'the specifier ends in .ts';
    const target = targetOf(source, specifier);
    if (target.startsWith('../')) return source.isTest ? undefined : 'it lies outside of src';
    return existsSync(src + target) ? undefined : 'there is no such file';
  });
});

test('architecture: rooms enter only the rooms below them', () => {
  checkImports(shipped, (source, specifier) => {
    if (!isRelative(specifier)) return undefined;
    const room = targetOf(source, specifier).split('/')[0]!;
    if (room === source.room || MAY_ENTER[source.room]?.includes(room)) return undefined;
    return `${source.room} may enter ${MAY_ENTER[source.room]?.join(', ') || 'no other room'}`;
  });
});

test('architecture: a room is entered through its index.ts, or through a door made for the platform', () => {
  checkImports(sources, (source, specifier) => {
    if (!isRelative(specifier)) return undefined;
    const target = targetOf(source, specifier);
    const room = target.split('/')[0]!;
    if (target.startsWith('../') || room === source.room || target === `${room}/index.ts` || target === LINK) {
      return undefined;
    }
    if (!SIDE_DOORS.some((door) => door.test(target))) return `enter through ${room}/index.ts`;
    if (source.isTest || MAY_USE_SIDE_DOORS.includes(source.room)) return undefined;
    return `only ${MAY_USE_SIDE_DOORS.join(', ')} and tests use this door`;
  });
});

test('architecture: no index.ts leads to what depends on the platform', () => {
  const doors = shipped.filter((s) => /^[a-z]+\/index\.ts$/.test(s.path));
  checkImports(doors, (source, specifier) => {
    if (!isRelative(specifier)) return undefined;
    const target = targetOf(source, specifier);
    const isSideDoor = SIDE_DOORS.some((door) => door.test(target));
    return isSideDoor && !['entry', 'cli'].includes(source.room) ? 'it is a door of its own' : undefined;
  });
});

test('architecture: node: appears only where a platform is named', () => {
  checkImports(shipped, (source, specifier) =>
    specifier.startsWith('node:') && !isIn(source.path, NODE_PLACES) ? 'this place is portable' : undefined,
  );
});

test('architecture: the portable compilation leaves out exactly the places of node:', () => {
  const path = fileURLToPath(new URL('../tsconfig.portable.json', import.meta.url));
  const { config } = ts.readConfigFile(path, (file) => readFileSync(file, 'utf8')) as { config: { exclude: string[] } };
  const places = config.exclude.filter((entry) => !entry.includes('*')).map((entry) => entry.replace(/^src\//, ''));
  assert.deepEqual(places.toSorted(), NODE_PLACES.toSorted());
});

test('architecture: each foreign package is met in one place', () => {
  checkImports(shipped, (source, specifier) => {
    if (isRelative(specifier) || specifier.startsWith('node:')) return undefined;
    const name = specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/');
    const place = FOREIGN[name];
    if (place === undefined) return 'it is not in the list of foreign packages';
    return isIn(source.path, [place]) ? undefined : `only ${place} may import it`;
  });
});

test('architecture: no clock, timer, turn or chance below the runtime', () => {
  const complaints: string[] = [];
  for (const { path, room, ast } of shipped) {
    if (!BELOW_RUNTIME.includes(room)) continue;
    walk(ast, (node) => {
      const name = forbiddenName(node);
      if (name !== undefined)
        complaints.push(`src/${path}:${lineOf(ast, node)} uses ${name}: take it from the Scheduler`);
    });
  }
  assert.equal(complaints.length, 0, `\n${complaints.join('\n')}`);
});

function forbiddenName(node: ts.Node): string | undefined {
  if (ts.isNewExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'Date') {
    return node.arguments?.length ? undefined : 'new Date()';
  }
  if (ts.isPropertyAccessExpression(node) && ts.isIdentifier(node.expression)) {
    if (node.expression.text === 'globalThis' && FORBIDDEN_BELOW_RUNTIME.has(node.name.text)) return node.name.text;
    const member = `${node.expression.text}.${node.name.text}`;
    return FORBIDDEN_MEMBERS.has(member) ? member : undefined;
  }
  if (!ts.isIdentifier(node) || !FORBIDDEN_BELOW_RUNTIME.has(node.text)) return undefined;
  const { parent } = node;
  // `clock.performance`, `{ performance: 1 }`, `performance(): void` and the like are names, not uses.
  const isName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    ((ts.isPropertyAssignment(parent) || ts.isPropertySignature(parent) || ts.isPropertyDeclaration(parent)) &&
      parent.name === node) ||
    ((ts.isMethodDeclaration(parent) || ts.isMethodSignature(parent)) && parent.name === node);
  return isName ? undefined : node.text;
}
