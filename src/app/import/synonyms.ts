/** What columns are called in other people's tables, by the field that they mean: folded, without spaces and signs. */
import type { ImportKind } from './target.ts';

const shared = {
  externalId: 'id recordid externalid reference ref number no nr uuid key code',
  owner:
    'owner salesperson salesrep salesagent agent rep accountmanager assignedto responsible felelos verkoper eigenaar',
  tags: 'tags tag labels label cimkek',
  description: 'description notes note comment comments remarks megjegyzes omschrijving opmerkingen details',
};

const synonyms: { readonly [kind in ImportKind]?: Readonly<Record<string, string>> } = {
  deal: {
    ...shared,
    externalId: `${shared.externalId} dealid opportunityid offerno quoteno orderno`,
    title:
      'title dealname dealtitle opportunity opportunityname name deal offer request subject project titel onderwerp nev',
    value:
      'value amount dealvalue dealamount closevalue price total revenue sum bedrag waarde betrag ertek osszeg',
    currency: 'currency currencycode valuta wahrung penznem',
    pipeline: 'pipeline process salesprocess funnel',
    stage: 'stage dealstage stagename phase step state fase statusz allapot',
    status: 'status dealstatus outcome result',
    account:
      'account accountname company companyname organization organisation customer client klant bedrijf firma ceg cegnev',
    contact:
      'contact contactemail email emailaddress contactperson person kontakt contactpersoon kapcsolattarto',
    'contact.name': 'contactname personname fullname',
    expectedClose:
      'expectedclose expectedclosedate expectedclosingdate closingdate forecast forecastdate duedate',
    closedAt: 'closedat closedate closedon dateclosed closed decided wonon wondate',
    lostReason: 'lostreason lostbecause lossreason reasonforloss closedlostreason',
  },
  contact: {
    ...shared,
    externalId: `${shared.externalId} contactid personid`,
    name: 'name fullname contactname person contact naam nev displayname',
    email: 'email emailaddress mail emailwork primaryemail epost',
    phone: 'phone phonenumber telephone mobile mobilephone tel telefon telefoon',
    account:
      'account accountname company companyname organization organisation employer bedrijf firma ceg cegnev',
    consent: 'consent optin gdpr newsletter subscribed marketingconsent',
  },
  account: {
    ...shared,
    externalId: `${shared.externalId} accountid companyid organizationid`,
    name: 'name accountname account company companyname organization organisation customer client klant bedrijf firma ceg cegnev',
    domain: 'domain website web url homepage companydomainname weboldal',
    parent: 'parent parentaccount parentcompany subsidiaryof belongsto',
  },
  task: {
    ...shared,
    externalId: `${shared.externalId} taskid activityid`,
    title: 'title subject task name tasktitle tasksubject todo what titel onderwerp',
    type: 'type tasktype activitytype kind',
    for: 'for deal contact account relatedto about company',
    due: 'due duedate deadline when date hatarido',
    assignee: 'assignee owner assignedto responsible user felelos',
    status: 'status state done completed',
    outcome: 'outcome result',
    doneAt: 'doneat completedat completedon donedate closedat',
  },
  activity: {
    externalId: shared.externalId,
    type: 'type activitytype kind channel',
    for: 'for deal contact account company email customer',
    at: 'at date time when datetime timestamp',
    by: 'by user author owner agent',
    text: 'text note notes description body comment subject',
  },
  event: {
    externalId: shared.externalId,
    name: 'name event eventname type action',
    contact: 'contact email emailaddress user visitor',
    at: 'at date time when datetime timestamp occurredat',
  },
  invoice: {
    externalId: `${shared.externalId} invoice invoiceno invoicenumber invoiceid`,
    account: 'account customer company client companyname klant bedrijf firma',
    contact: 'contact email emailaddress',
    deal: 'deal opportunity project order',
    amount: 'amount total value sum bedrag totaal betrag osszeg',
    currency: 'currency valuta currencycode',
    issued: 'issued date invoicedate issuedon issuedate factuurdatum',
    paid: 'paid paidon paidat paymentdate datepaid betaald',
  },
  user: {
    id: 'id login username user',
    name: 'name fullname displayname salesagent',
    email: 'email emailaddress mail',
    role: 'role permission profile',
    active: 'active enabled isactive',
  },
};

/** The fields that a column of that name may mean, in the order of how well the name fits. */
export function meanings(kind: ImportKind, normalized: string): string[] {
  return Object.entries(synonyms[kind] ?? {})
    .map(([field, words]) => ({ field, at: words.split(' ').indexOf(normalized) }))
    .filter(({ at }) => at >= 0)
    .sort((a, b) => a.at - b.at)
    .map(({ field }) => field);
}
