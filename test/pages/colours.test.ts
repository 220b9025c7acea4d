/** Colours of charts: far enough apart for people with each of the common colour blindnesses, and from their ground. */
import { expect, test } from 'vitest';
import { dark, light } from '../../src/pages/look.ts';

type Rgb = readonly [number, number, number];

const linear = (colour: string): Rgb =>
  [1, 3, 5].map(at => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as unknown as Rgb;

const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

/** As WCAG has it. */
function contrast(a: string, b: string): number {
  const [x, y] = [luminance(linear(a)) + 0.05, luminance(linear(b)) + 0.05];
  return Math.max(x, y) / Math.min(x, y);
}

/** Machado, Oliveira and Fernandes (2009) at full severity, on linear light. */
const blindness: Readonly<Record<string, readonly Rgb[]>> = {
  none: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  protanopia: [
    [0.152286, 1.052583, -0.204868],
    [0.114503, 0.786281, 0.099216],
    [-0.003882, -0.048116, 1.051998],
  ],
  deuteranopia: [
    [0.367322, 0.860646, -0.227968],
    [0.280085, 0.672501, 0.047413],
    [-0.01182, 0.04294, 0.968881],
  ],
  tritanopia: [
    [1.255528, -0.076749, -0.178779],
    [-0.078411, 0.930809, 0.147602],
    [0.004733, 0.691367, 0.3039],
  ],
};

/** A colour in Oklab, in which a distance is what people see of a difference. */
function oklab([r, g, b]: Rgb): Rgb {
  const cone = (x: number, y: number, z: number) => Math.cbrt(Math.max(0, x * r + y * g + z * b));
  const l = cone(0.4122214708, 0.5363325363, 0.0514459929);
  const m = cone(0.2119034982, 0.6806995451, 0.1073969566);
  const s = cone(0.0883024619, 0.2817188376, 0.6299787005);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function distance(a: string, b: string, matrix: readonly Rgb[]): number {
  const seen = (colour: string) => {
    const rgb = linear(colour);
    return oklab(matrix.map(row => row[0] * rgb[0] + row[1] * rgb[1] + row[2] * rgb[2]) as unknown as Rgb);
  };
  const [x, y] = [seen(a), seen(b)];
  return Math.hypot(x[0] - y[0], x[1] - y[1], x[2] - y[2]);
}

const schemes = { light, dark } as const;
const marks = ['plain', 'deep', 'good', 'bad', 'warning', 'faint', 'pale'] as const;
/** Marks that stand beside each other in a chart. */
const neighbours = [
  ['good', 'deep'],
  ['deep', 'plain'],
  ['good', 'plain'],
  ['good', 'bad'],
  ['good', 'faint'],
  ['plain', 'bad'],
  ['plain', 'warning'],
  ['plain', 'faint'],
  ['deep', 'warning'],
  ['warning', 'pale'],
  ['pale', 'bad'],
] as const;

test.each(['light', 'dark'] as const)(
  '%s: marks stand out from their card by 3 to 1, letters by 4.5',
  name => {
    const scheme = schemes[name];
    expect(marks.filter(mark => contrast(scheme[mark], scheme.card) < 3)).toEqual([]);
    for (const ground of [scheme.card, scheme.page])
      expect(
        (['ink', 'muted', 'good', 'bad', 'warning'] as const).filter(
          ink => contrast(scheme[ink], ground) < 4.5,
        ),
      ).toEqual([]);
  },
);

test.each(Object.keys(schemes).flatMap(name => Object.keys(blindness).map(kind => [name, kind] as const)))(
  '%s, %s: colours that stand beside each other are told apart',
  (name, kind) => {
    const scheme = schemes[name as keyof typeof schemes];
    const alike = neighbours
      .map(([a, b]) => [a, b, distance(scheme[a], scheme[b], blindness[kind]!).toFixed(3)] as const)
      .filter(([, , apart]) => Number(apart) < 0.08);
    expect(alike).toEqual([]);
  },
);
