/** The findings about people and companies: keys that two records share, and inconsistent lists. */
import type { Config } from '../../domain/config.ts';
import type { Rec } from '../../domain/records.ts';
import { definitionOf } from '../../kinds/define.ts';
import { keysOf, keyValues, nameOfKey } from '../../kinds/natural-keys.ts';
import { tidied } from '../../kinds/several.ts';
import type { Finding } from '../../store/site/finding.ts';
import type { Folded } from '../../store/snapshot/folded.ts';
import { some } from '../../store/verify/verify-snapshots.ts';

/** Returns a finding for each key by which two records of a kind are named, though no two may share it. */
export function sharedKeys(folded: Folded, config: Config): Finding[] {
  return folded.kinds.names.flatMap(kind =>
    keysOf(config, kind)
      .filter(key => key.unique)
      .flatMap(key => {
        const holders = new Map<string, string[]>();
        for (const record of folded.of(kind).values())
          for (const value of keyValues(key, record)) {
            const text = key.caseless ? value.normalize().toLowerCase() : value.normalize();
            const known = holders.get(text);
            if (known) known.push(record.id);
            else holders.set(text, [record.id]);
          }
        const shared = [...holders].filter(([, ids]) => new Set(ids).size > 1);
        if (shared.length === 0) return [];
        const [, ids] = shared[0]!;
        const finding: Finding = {
          severity: 'warning',
          file: 'data/journal',
          message: `${shared.length === 1 ? 'one' : shared.length} ${key.said}${shared.length === 1 ? ' is' : 's are'} of several ${kind}s: ${some(shared.map(([text, each]) => `${text} (${each.join(', ')})`))}`,
          fix: definitionOf(folded.kinds, kind).isMergeable
            ? `crm ${kind} merge ${ids[0]} ${ids[1]}, or crm ${kind} set ${ids[1]} ${nameOfKey(key)}=`
            : `crm ${kind} set ${ids[1]} ${nameOfKey(key)}=`,
        };
        return [finding];
      }),
  );
}

/** Returns a finding for records that have other e-mails, phones, ... and no primary one, or the same one twice. */
export function untidyLists(folded: Folded): Finding[] {
  return folded.kinds.names.flatMap(kind => {
    const { several } = definitionOf(folded.kinds, kind);
    if (!several) return [];
    const isUntidy = (record: Rec) => Object.keys(tidied(several, record)).length > 0;
    const untidy: Rec[] = [];
    for (const record of folded.of(kind).values()) if (isUntidy(record)) untidy.push(record);
    if (untidy.length === 0) return [];
    const { all } = several.find(each => Object.keys(tidied([each], untidy[0]!)).length > 0)!;
    const finding: Finding = {
      severity: 'warning',
      file: 'data/journal',
      message: `${some(untidy.map(({ id }) => id))}: ${all} without a primary one, or twice`,
      fix: `crm ${kind} set ${untidy[0]!.id} ${all}=... says which there are, the primary one first`,
    };
    return [finding];
  });
}
