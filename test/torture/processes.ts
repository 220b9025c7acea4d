/** Real processes at work in one workspace, and what each was told. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheHomeOf } from './machine.ts';
import type { Orders } from './worker.ts';

/** Runs `work` in an empty directory that is gone afterwards: in memory where the machine has such a place. */
export async function inDirectory<T>(work: (dir: string) => Promise<T>): Promise<T> {
  const dir = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'crm-torture-'));
  try {
    return await work(dir);
  } finally {
    for (const each of [dir, cacheHomeOf(dir)]) rmSync(each, { recursive: true, force: true, maxRetries: 5 });
  }
}

export interface Ended {
  readonly code: number | null;
  readonly err: string;
}

export class Worker {
  /** The commands that were acknowledged, by name. */
  readonly told: string[] = [];
  readonly ended: Promise<Ended>;
  readonly #name: string;
  readonly #process: ChildProcess;
  #isReady = false;
  #wake = () => {};

  constructor(program: string, orders: Orders) {
    this.#name = orders.name;
    this.#process = spawn(process.execPath, [program, JSON.stringify(orders)], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    this.#process.stdout!.on('data', chunk => {
      const lines = (out + String(chunk)).split('\n');
      out = lines.pop()!;
      for (const line of lines)
        if (line === 'ready') this.#isReady = true;
        else this.told.push(line);
      this.#wake();
    });
    this.#process.stderr!.on('data', chunk => (err += String(chunk)));
    this.ended = new Promise(resolve => {
      this.#process.on('close', code => {
        resolve({ code, err });
        this.#wake();
      });
    });
  }

  /** Waits until it works, and was told so many times that it had done so; or until it ends before. */
  async busy(times = 0): Promise<void> {
    const enough = () => this.#isReady && this.told.length >= times;
    const heard = () =>
      new Promise<void>(resolve => {
        this.#wake = resolve;
      });
    while (!enough() && this.#process.exitCode === null && this.#process.signalCode === null) await heard();
  }

  /** SIGKILL; resolves when it is gone, and all that it said is heard. What is wrong where it was gone before. */
  async kill(): Promise<string[]> {
    this.#process.kill('SIGKILL');
    const { code, err } = await this.ended;
    return code === null ? [] : [`${this.#name} ended by itself: exit ${code}: ${err}`];
  }
}

export const sleep = (ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, ms));
