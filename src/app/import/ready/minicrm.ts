import { dialect, statusIn } from './dialect.ts';

/** The headers of MiniCRM's sample tables and exports, in English and in Hungarian. */
export const minicrm = dialect('minicrm', {
  deal: {
    key: 'externalId',
    columns: {
      'Opportunity: ID': 'externalId',
      'Opportunity: Name': 'title',
      'Opportunity: Owner': 'owner',
      'Opportunity: Status': {
        field: 'stage',
        values: { 'Won opportunity': { status: 'won' }, 'Lost opportunity': { status: 'lost' } },
      },
      'Opportunity: Value': 'value',
      'Opportunity: Closing date': 'expectedClose',
      'Company: Name': 'account',
      'Person1: Name': 'contact.name',
      'Person1: Email': 'contact',
      'Lehetőség: Azonosító': 'externalId',
      'Lehetőség: Név': 'title',
      'Lehetőség: Felelős': 'owner',
      'Lehetőség: Státusz': {
        field: 'stage',
        values: { 'Nyertes lehetőség': { status: 'won' }, 'Elveszett lehetőség': { status: 'lost' } },
      },
      'Cég: Név': 'account',
      'Személy1: Név': 'contact.name',
      'Személy1: Email': 'contact',
    },
  },
  contact: {
    key: 'email',
    compose: {
      name: '{Person1: First name} {Person1: Last name}{Személy1: Vezetéknév} {Személy1: Keresztnév}',
    },
    columns: {
      'Person1: Name': 'name',
      'Person1: Email': 'email',
      'Person1: Phone': 'phone',
      'Company: Name': 'account',
      'Személy1: Név': 'name',
      'Személy1: Email': 'email',
      'Személy1: Telefon': 'phone',
      'Cég: Név': 'account',
    },
  },
  account: {
    key: 'name',
    columns: {
      'Company: Name': 'name',
      'Company: Website': 'domain',
      'Company: Description': 'description',
      'Cég: Név': 'name',
      'Cég: Weboldal': 'domain',
      'Cég: Leírás': 'description',
    },
  },
  task: {
    columns: {
      'Task: Type': 'type',
      'Task: Comment': 'title',
      'Task: Deadline': 'due',
      'Task: Owner': 'assignee',
      'Task: Status': statusIn({ Open: 'open', Closed: 'done' }),
      'Feladat: Típus': 'type',
      'Feladat: Megjegyzés': 'title',
      'Feladat: Határidő': 'due',
      'Feladat: Felelős': 'assignee',
      'Feladat: Státusz': statusIn({ Nyitott: 'open', Lezárt: 'done' }),
    },
  },
});
