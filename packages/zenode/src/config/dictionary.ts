import { ConfigError } from './error.ts';

const PATH = 'transport/auth/usrpwd/dictionary_file';

/** Gives the text of a file. */
export type ReadText = (path: string) => Promise<string>;

/** Users and their passwords, from the file that the configuration names. @throws ConfigError */
export async function loadDictionary(file: string, read: ReadText): Promise<ReadonlyMap<string, string>> {
  let text: string;
  try {
    text = await read(file);
  } catch (cause) {
    throw invalid(`${cause instanceof Error ? cause.message : String(cause)}`, file, cause);
  }
  return parseDictionary(text, file);
}

/** One `user:password` per line. The line and both parts are trimmed; the first `:` counts. @throws ConfigError */
export function parseDictionary(text: string, file: string = ''): ReadonlyMap<string, string> {
  const users = new Map<string, string>();
  for (const [i, raw] of text.split('\n').entries()) {
    const line = raw.trim();
    if (line === '') continue;
    const colon = line.indexOf(':');
    const where = `${file}:${i + 1}`;
    if (colon < 0) throw invalid('invalid format', where);
    const user = line.slice(0, colon).trim();
    const password = line.slice(colon + 1).trim();
    if (user === '') throw invalid('empty user', where);
    if (password === '') throw invalid('empty password', where);
    users.set(user, password);
  }
  return users;
}

function invalid(why: string, where: string, cause?: unknown): ConfigError {
  const text = `UsrPwd extension - From config. Invalid user-password dictionary file: ${why}. (${where})`;
  return new ConfigError(PATH, text, cause === undefined ? {} : { cause });
}
