import { dialect, stageOrEnd, statusIn } from './dialect.ts';

export const hubspot = dialect('hubspot', {
  deal: {
    key: 'externalId',
    columns: {
      'Record ID': 'externalId',
      'Deal Name': 'title',
      Amount: 'value',
      Currency: 'currency',
      Pipeline: 'pipeline',
      'Deal Stage': stageOrEnd(
        ['Closed Won', 'Closed won', 'closedwon'],
        ['Closed Lost', 'Closed lost', 'closedlost'],
      ),
      'Close Date': 'closes',
      'Deal owner': 'owner',
      'Deal Description': 'description',
      'Closed Lost Reason': 'lostReason',
      'Associated Company': 'account',
      'Associated Company (Primary)': 'account',
      'Primary Associated Company': 'account',
      'Associated Contact': 'contact',
      Tags: 'tags',
    },
  },
  contact: {
    key: 'externalId',
    compose: { name: '{First Name} {Last Name}' },
    columns: {
      'Record ID': 'externalId',
      'Record ID - Contact': 'externalId',
      Email: 'email',
      'Phone Number': 'phone',
      'Mobile Phone Number': 'phone',
      'Contact owner': 'owner',
      'Associated Company': 'account',
      'Primary Associated Company': 'account',
      'Company Name': 'account',
    },
  },
  account: {
    key: 'externalId',
    columns: {
      'Record ID': 'externalId',
      'Record ID - Company': 'externalId',
      'Company name': 'name',
      'Company Domain Name': 'domain',
      'Company owner': 'owner',
      Description: 'description',
      'Parent Company': 'parent',
    },
  },
  task: {
    key: 'externalId',
    columns: {
      'Record ID': 'externalId',
      'Task Title': 'title',
      'Task Type': {
        field: 'type',
        values: { 'To-do': { type: 'todo' }, 'To Do': { type: 'todo' }, TODO: { type: 'todo' } },
      },
      'Due date': 'due',
      'Due Date': 'due',
      'Assigned to': 'assignee',
      'Task Status': statusIn({
        'Not Started': 'open',
        'In Progress': 'open',
        Waiting: 'open',
        Deferred: 'open',
        Completed: 'done',
      }),
      'Completed at': 'doneAt',
      'Associated Contact': 'for',
    },
  },
});
