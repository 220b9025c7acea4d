/** Runs `crm serve`: takes in forms and webhooks of a workspace over HTTP, until it is told to stop. */
import type { World } from '../app/core/workspace.ts';
import { Refusal } from '../app/core/commit/hooks.ts';
import { workspaceId } from '../app/core/origin.ts';
import { withOwnRequests } from '../app/core/own-requests.ts';
import { Trusted } from '../app/core/trusted.ts';
import { hookItem } from '../app/trust/hook-items.ts';
import { problemsError, Workspace } from '../app/core/workspace.ts';
import { confirmProblems } from '../app/automation/confirmations.ts';
import { forMails } from '../app/outbox/confirmation.ts';
import { formatInstant } from '../domain/dates.ts';
import { CrmError, failed } from '../domain/errors.ts';
import { type Listen, noServe, type ServeSettings } from '../domain/serve-settings.ts';
import { SWEEPER } from '../domain/sweeper.ts';
import { answer, sentencePage } from './answer.ts';
import { Committer } from './committer.ts';
import type { Tools } from './request.ts';
import { Secrets } from './secrets.ts';
import { type Logged, type Running, startServer } from './server.ts';

/** The options of the server from the command line. */
export interface HowToServe {
  readonly listen: Listen | undefined;
  /** Takes a line of the log. */
  readonly log: (line: string) => void;
  /** Takes an error for the log: nobody outside is told of it. */
  readonly alarm: (message: string) => void;
  readonly now: () => number;
}

/** The settings that requests are answered by. */
interface Present {
  readonly settings: ServeSettings;
  /** The hooks whose secrets may be read on this machine. */
  readonly trusted: ReadonlySet<string>;
}

/** Milliseconds after which the settings are read again, when a request comes. */
const SETTINGS_AGE = 1000;

/** Starts the server of a workspace; resolves once requests can come. */
export async function serve(asked: Workspace, how: HowToServe): Promise<Running> {
  const wrong = await confirmProblems(asked.config, asked.files);
  if (wrong.length > 0) throw problemsError(wrong);
  const workspace = await forRequests(asked, how.alarm);
  const committer = new Committer(workspace, how.alarm);
  await committer.begin();
  const outbox = forMails(workspace);
  // A workspace of its own: a commit under way goes by the settings that it began with.
  const reading = await withOwnRequests(workspace);
  const present = await presentOf(reading, how);
  const secrets = new Secrets(workspace, how.now);
  const cannotRead = (name: string) => (error: unknown) => {
    how.alarm(`/hooks/${name}: ${error instanceof CrmError ? error.message : String(error)}`);
    return undefined;
  };
  const at = how.listen ?? (await present()).settings.listen;
  const running = await startServer(at, {
    settings: async () => (await present()).settings,
    async handle(route, request) {
      const { settings, trusted } = await present();
      const tools: Tools = {
        settings,
        committer,
        outbox,
        async read() {
          return { view: await reading.view(), id: (await workspaceId(reading.store))! };
        },
        secretOf: async (name, { secret }) =>
          trusted.has(name) ? secrets.read(secret).catch(cannotRead(name)) : undefined,
      };
      return request.method === 'POST' ? route.post!(request, tools) : route.get!(request, tools);
    },
    failed(error) {
      const isExpected = error instanceof CrmError;
      if (error instanceof Refusal && error.isAnswer) {
        how.alarm(error.message);
        return sentencePage(422);
      }
      how.alarm(isExpected ? error.message : String(error instanceof Error ? error.stack : error));
      return isExpected ? sentencePage(503, { 'Retry-After': '5' }) : answer(500);
    },
    log: request => how.log(lineOf(request)),
    now: how.now,
  }).catch(error => {
    throw cannotListen(error, at);
  });
  return {
    listen: running.listen,
    async stop() {
      const stopped = running.stop();
      await committer.drain();
      await stopped;
      // Requests may have come on connections that were still open.
      await committer.drain();
    },
  };
}

/** Opens the workspace as the user for whom requests act, for transactions of their own. */
async function forRequests(asked: Workspace, alarm: (message: string) => void): Promise<Workspace> {
  const as = asked.config.serve?.as;
  const user = asked.world.user;
  const actor: World['user'] =
    as === undefined
      ? { name: SWEEPER, named: SWEEPER, self: async () => user }
      : { name: as, named: 'serve: as: in crm.yaml' };
  const said = new Set<string>();
  // Each warning is logged once: every commit would repeat it.
  const warn = (message: string) => {
    if (said.size < 100 && !said.has(message)) alarm(`Warning: ${message}`);
    said.add(message);
  };
  const { store, world } = asked;
  // A server that is told to stop answers what has begun: hooks get their time.
  const server = { ...world, user: actor, warn, onStop: undefined };
  return withOwnRequests(await Workspace.open(server, store.dir));
}

/**
 * Returns a function that returns the settings and the trusted hooks, both read again at most once a second. If crm.yaml
 * is broken, the last good settings stay in force.
 */
async function presentOf(workspace: Workspace, { now, alarm }: HowToServe): Promise<() => Promise<Present>> {
  let read = now();
  let said = '';
  const sayOnce = (message: string) => {
    if (message !== said && message !== '') alarm(message);
    said = message;
  };
  const look = async (): Promise<Present> => {
    const settings = workspace.config.serve ?? noServe;
    const trusted = await trustedHooks(workspace, settings);
    const open = Object.keys(settings.hooks).filter(name => !trusted.has(name));
    sayOnce(
      open.length === 0
        ? ''
        : `not trusted on this machine, so closed: ${open.map(name => `/hooks/${name}`).join(', ')} (crm trust)`,
    );
    return { settings, trusted };
  };
  let present = await look();
  return async () => {
    if (Math.abs(now() - read) < SETTINGS_AGE) return present;
    read = now();
    try {
      await workspace.reload();
      present = await look();
    } catch (error) {
      sayOnce(error instanceof CrmError ? error.message : String(error));
    }
    return present;
  };
}

/** Returns the names of the hooks whose secrets this machine's user trusts. */
async function trustedHooks(workspace: Workspace, { hooks }: ServeSettings): Promise<ReadonlySet<string>> {
  const all = Object.entries(hooks);
  if (all.length === 0) return new Set();
  const trusted = await Trusted.of(workspace);
  return new Set(
    all.filter(([name, hook]) => trusted.since(hookItem(name, hook)) !== undefined).map(([name]) => name),
  );
}

function lineOf({ at, client, method, path, status, ms }: Logged): string {
  return `${formatInstant(at).slice(0, 19)}Z ${client} ${method} ${path} ${status} ${ms}ms`;
}

function cannotListen(error: unknown, { host, port }: Listen): unknown {
  const code = (error as { code?: string } | undefined)?.code;
  if (code === 'EADDRINUSE')
    return failed(`another program listens on ${host}:${port}`, '--listen HOST:PORT, or listen: in crm.yaml');
  if (code === 'EACCES')
    return failed(
      `port ${port} is for the system's programs`,
      'a port above 1023, and a proxy in front of it',
    );
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return failed(`${host} is not an address of this machine`, '--listen 127.0.0.1:8025');
  return error;
}
