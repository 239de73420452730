export { Config } from './config.ts';
export { type ReadText, loadDictionary, parseDictionary } from './dictionary.ts';
export { ConfigError } from './error.ts';
export type { Json, JsonObject } from './json.ts';
export { MODES, type Mode } from './per-mode.ts';
export { connectSettings, resolve } from './resolve.ts';
export { type EndpointSettings, type Retry, RetryPeriod, endpointSettings } from './retry.ts';
export type {
  AccessControlSettings,
  AuthSettings,
  AutoconnectStrategies,
  ConnectGroup,
  ConnectSettings,
  ListenSettings,
  PemSource,
  ScoutingSettings,
  Settings,
  TlsSettings,
  TransportSettings,
} from './settings.ts';
export { type Unsupported, checkSupported } from './supported.ts';
