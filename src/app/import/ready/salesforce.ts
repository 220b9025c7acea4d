import { dialect, stageOrEnd, statusIn } from './dialect.ts';

const stage = stageOrEnd(['Closed Won', 'Closed/Won'], ['Closed Lost', 'Closed/Lost']);
const taskStatus = statusIn({
  'Not Started': 'open',
  'In Progress': 'open',
  'Waiting on someone else': 'open',
  Deferred: 'open',
  Open: 'open',
  Completed: 'done',
});

/** Reports have labels as headers, and the weekly export and the Data Loader the names of fields. */
export const salesforce = dialect('salesforce', {
  deal: {
    key: 'externalId',
    columns: {
      'Opportunity ID': 'externalId',
      Id: 'externalId',
      'Opportunity Name': 'title',
      Name: 'title',
      Amount: 'value',
      'Amount Currency': 'currency',
      'Opportunity Currency': 'currency',
      CurrencyIsoCode: 'currency',
      Stage: stage,
      StageName: stage,
      'Close Date': 'closes',
      CloseDate: 'closes',
      'Opportunity Owner': 'owner',
      'Opportunity Owner: Full Name': 'owner',
      'Account Name': 'account',
      'Account Name: Account Name': 'account',
      'Primary Contact': 'contact',
      Description: 'description',
      'Loss Reason': 'lostReason',
    },
  },
  contact: {
    key: 'externalId',
    compose: { name: '{First Name} {Last Name}{FirstName} {LastName}' },
    columns: {
      'Contact ID': 'externalId',
      Id: 'externalId',
      Email: 'email',
      Phone: 'phone',
      'Account Name': 'account',
      'Account Name: Account Name': 'account',
      'Contact Owner': 'owner',
      'Contact Owner: Full Name': 'owner',
    },
  },
  account: {
    key: 'externalId',
    columns: {
      'Account ID': 'externalId',
      Id: 'externalId',
      'Account Name': 'name',
      Name: 'name',
      Website: 'domain',
      'Account Owner': 'owner',
      'Account Owner: Full Name': 'owner',
      'Parent Account': 'parent',
      Description: 'description',
    },
  },
  task: {
    key: 'externalId',
    columns: {
      'Activity ID': 'externalId',
      Id: 'externalId',
      Subject: 'title',
      'Due Date': 'due',
      ActivityDate: 'due',
      Assigned: 'assignee',
      'Assigned To': 'assignee',
      Status: taskStatus,
      'Company / Account': 'for',
    },
  },
});
