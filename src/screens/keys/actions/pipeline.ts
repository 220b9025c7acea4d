import { type Action, saying } from '../model.ts';

/** Looks at another pipeline, in the order of the settings. */
export const pipeline: Action = {
  keys: [']', '[', 'tab', 'shift-tab'],
  shown: '[ ]',
  summary: 'look at the pipeline before, at the next one; also Tab',
  press: (model, { pipelines, pipeline: { id } }, { name }) => {
    const by = name === ']' || name === 'tab' ? 1 : -1;
    const at = pipelines.findIndex(each => each.id === id);
    const next = pipelines[(at + by + pipelines.length) % pipelines.length];
    if (!next || next.id === id) return saying(model, 'there is no other pipeline', 'quiet');
    const fresh = { spot: { lane: 0, index: 0 }, id: undefined, left: 0, tops: [], said: { text: '' } };
    return { model: { ...model, pipeline: next.id, ...fresh }, effect: { type: 'look', before: model } };
  },
};
