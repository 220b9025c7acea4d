/** A real IMAP server for a test: Dovecot on this machine, with one user and one Maildir. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';

/** Whether there is one to start. */
export const hasDovecot = spawnSync('dovecot', ['--version']).status === 0;

export interface Dovecot {
  readonly port: number;
  /** Puts a mail into the inbox. */
  deliver(name: string, mail: string): void;
  /** Forgets the numbers of mails, so that UIDVALIDITY is another one. */
  renumber(): void;
  stop(): Promise<void>;
}

const freePort = (): Promise<number> =>
  new Promise(resolve => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });

const isOpen = (port: number): Promise<boolean> =>
  new Promise(resolve => {
    const socket = connect(port, '127.0.0.1');
    socket.once('data', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });

export async function startDovecot(): Promise<Dovecot> {
  const dir = mkdtempSync(join(tmpdir(), 'crm-imap-'));
  chmodSync(dir, 0o777);
  const box = join(dir, 'mail');
  const open = (path: string) => {
    mkdirSync(path, { recursive: true });
    chmodSync(path, 0o777);
  };
  for (const each of ['mail', 'mail/new', 'mail/cur', 'mail/tmp', 'home']) open(join(dir, each));
  const port = await freePort();
  const { username, uid, gid } = userInfo();
  const mails = uid === 0 ? 'uid=nobody gid=nogroup' : `uid=${uid} gid=${gid}`;
  const asOneself =
    uid === 0
      ? ''
      : `default_internal_user = ${username}\ndefault_login_user = ${username}\nservice anvil {\n  chroot =\n}\n`;
  writeFileSync(
    join(dir, 'dovecot.conf'),
    `base_dir = ${dir}/run
state_dir = ${dir}/state
log_path = ${dir}/log
protocols = imap
listen = 127.0.0.1
ssl = no
disable_plaintext_auth = no
mail_location = maildir:${box}
first_valid_uid = 1
mail_fsync = never
${asOneself}passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = ${mails} home=${dir}/home
}
service imap-login {
  ${uid === 0 ? '' : 'chroot =\n  '}inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = 0
  }
}
`,
  );
  const server = spawn('dovecot', ['-F', '-c', join(dir, 'dovecot.conf')], { stdio: 'ignore' });
  const gone = new Promise<void>(resolve => server.once('exit', () => resolve()));
  for (let tries = 0; !(await isOpen(port)); tries++) {
    if (tries > 100 || server.exitCode !== null)
      throw new Error(`dovecot does not start: ${readFileSync(join(dir, 'log'), 'utf8')}`);
    await new Promise(resolve => setTimeout(resolve, 50));
  }
  let count = 0;
  return {
    port,
    deliver(name, mail) {
      const path = join(box, 'new', `${1_790_000_000 + ++count}.${name}.test`);
      writeFileSync(path, mail);
      chmodSync(path, 0o666);
    },
    renumber() {
      for (const file of [
        'dovecot-uidlist',
        'dovecot-uidvalidity',
        'dovecot.index',
        'dovecot.index.log',
        'dovecot.index.cache',
      ])
        rmSync(join(box, file), { force: true });
      // Dovecot takes the time as the new one.
      writeFileSync(
        join(box, 'dovecot-uidlist'),
        `3 V${2_000_000_000 + ++count} N1 G0123456789abcdef0123456789abcdef\n`,
      );
      chmodSync(join(box, 'dovecot-uidlist'), 0o666);
    },
    async stop() {
      server.kill();
      await gone;
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** A way to a port, each connection of which is cut after so many bytes have come from there. */
export async function cutAfter(
  to: number,
  bytes: number | (() => number),
): Promise<{ port: number; stop(): void }> {
  const sockets = new Set<Socket>();
  const server = createServer(near => {
    const far = connect(to, '127.0.0.1');
    let left = typeof bytes === 'number' ? bytes : bytes();
    for (const each of [near, far]) {
      sockets.add(each);
      each.on('error', () => undefined);
    }
    near.pipe(far);
    far.on('data', chunk => {
      left -= chunk.length;
      if (left > 0) near.write(chunk);
      else for (const each of [near, far]) each.destroy();
    });
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as { port: number }).port,
    stop() {
      for (const each of sockets) each.destroy();
      server.close();
    },
  };
}
