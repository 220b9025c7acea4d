/** Names of columns in other people's tables, by the field that they mean: folded, without spaces and signs. */
import type { ImportKind } from './target.ts';

/** Words for an owner, also within longer names: such a column never names the customer. */
const OWNER =
  /owner|salesrep|salesperson|salesagent|(^|account|sales)rep$|agent$|createdby|assigned|assignee|modifiedby|accountmanager|^userid$|^user$|^who$/;

/** Whether a column of that name is about somebody of one's own. */
export const isAboutOwners = (normalized: string): boolean => OWNER.test(normalized);

const shared = {
  externalId: 'id recordid externalid reference ref number no nr uuid key',
  owner:
    'owner ownername owneremail salesperson salesrep salesagent agent rep accountmanager assignedto assigned responsible userid user who felelos verkoper eigenaar',
  createdAt:
    'created createdat createddate createdtime createddatetime createdon createdate creationdate datecreated added addedon addedat dateadded createtime connectedon',
  tags: 'tags tag tagids labels label cimkek',
  description: 'description notes note comment comments remarks megjegyzes omschrijving opmerkingen details',
};

const synonyms: { readonly [kind in ImportKind]?: Readonly<Record<string, string>> } = {
  deal: {
    ...shared,
    externalId: `${shared.externalId} dealid opportunityid potentialid leadid offerno quoteno orderno`,
    title:
      'title dealname dealtitle opportunity opportunityname potentialname leadname name deal offer request subject project what titel onderwerp nev',
    value:
      'value amount dealvalue dealamount dealsize estimatedvalue expectedrevenue plannedrevenue closevalue grandtotal price total revenue size sum bedrag waarde betrag ertek osszeg',
    currency: 'currency currencycode valuta wahrung penznem',
    pipeline: 'pipeline process salesprocess funnel',
    stage:
      'stage dealstage stagename stageid opportunitystage salesstage phase step wherearewe fase statusz allapot',
    stageSince: 'stagesince stageentered stagechanged laststagechange laststagechangedate stagechangedate',
    closedStage: 'closedstage laststage',
    status: 'status dealstatus outcome result',
    account:
      'account accountname company companyname organization organisation customer client partnername partner associatedcompany klant bedrijf firma ceg cegnev',
    'account.externalId': 'accountid companyid organizationid organisationid customerid clientid partnerid',
    contact:
      'contact contactemail associatedcontactemail primarycontactemail email emailaddress emailfrom contactperson associatedcontact primarycontact person kontakt contactpersoon kapcsolattarto',
    'contact.name':
      'contactname contactfullname associatedcontact primarycontact contact contactperson personname fullname person',
    'contact.phone': 'contactphone phone phonenumber telephone mobile mobilephone tel telefon telefoon',
    expectedClose:
      'expected expectedby expectedon expectedclose expectedclosedate expectedclosingdate closedate closingdate estimatedclosedate datedeadline deadline forecast forecastdate duedate bywhen closing closeson',
    closedAt: 'closedat closedon closedate dateclosed closed decided wonon wondate',
    lostReason: 'lostreason lostbecause whylost lossreason reasonforloss reasonlost closedlostreason',
  },
  contact: {
    ...shared,
    externalId: `${shared.externalId} contactid personid`,
    name: 'name fullname contactname person contact naam nev displayname fileas',
    email: 'email emailaddress mail emailwork email1value email1address contactemail primaryemail epost',
    emails: 'emails email2value email2address secondemail secondaryemail otheremail',
    phone:
      'phone phonenumber phone1value businessphone workphone primaryphone contactphone telephone mobile mobilephone tel telefon telefoon',
    phones: 'phones phone2value mobilephone homephone otherphone secondphone',
    account:
      'account accountname company companyname organization organisation organizationname organization1name associatedcompany primaryassociatedcompany partnername employer bedrijf firma ceg cegnev',
    'account.externalId': 'accountid companyid organizationid organisationid customerid clientid partnerid',
    consent: 'consent optin gdpr newsletter subscribed marketingconsent',
  },
  account: {
    ...shared,
    externalId: `${shared.externalId} accountid companyid organizationid`,
    name: 'name accountname account company companyname organization organisation organizationname customer customername client partnername klant bedrijf firma ceg cegnev',
    domain: 'domain website web url homepage companydomainname weboldal',
    phone: 'phone phonenumber companyphone businessphone mainphone telephone tel telefon telefoon',
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
    type: 'type activitytype interactiontype calltype kind channel',
    for: 'for contactemail associatedcontact deal contact account company email emailaddress customer associatedcompany associateddeal contactname companyname accountname dealname',
    at: 'at date activitydate interactiondate calldate time when datetime timestamp occurredat',
    by: 'by user author owner agent rep salesrep assignedto createdby loggedby userid ownername owneremail',
    text: 'text note notes description body comment comments summary subject details',
    createdAt: shared.createdAt,
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
