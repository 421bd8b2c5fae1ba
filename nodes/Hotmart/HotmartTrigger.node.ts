import {
	NodeConnectionTypes,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type INodeCredentialTestResult,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { EVENTS, isKnownEvent } from './events';
import { toItem } from './item';
import { hasHottok, parse, withoutHottok } from './webhook';

const ALL = '*';

const SETUP =
	'In Hotmart open <b>Tools > Webhook (API and notifications) > Register Webhook</b>, paste the <b>Production URL</b> shown above, choose version <b>2.0.0</b> and the events. The hottok for the credential is in the tab <b>Authentication</b> there.';

export class HotmartTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hotmart Trigger',
		name: 'hotmartTrigger',
		icon: { light: 'file:hotmart.svg', dark: 'file:hotmart.dark.svg' },
		group: ['trigger'],
		// Version 1 of any trigger makes n8n 2.4x evaluate one expression more for every request (measured).
		version: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].length + " events" }}',
		description: 'Starts the workflow when something happens in Hotmart: a purchase, a cancellation, a refund ...',
		eventTriggerDescription:
			'Waiting for Hotmart. Paste the Test URL into a webhook of Hotmart and press its test button, or buy something.',
		activationMessage: 'Hotmart events now start this workflow, once its Production URL is registered in Hotmart.',
		triggerPanel: {
			header: 'Receive events from Hotmart',
			executionsHelp: {
				inactive: `<b>To try it</b>, click the button above: n8n then listens at the Test URL for two minutes. Register the Test URL in Hotmart under <b>Tools > Webhook (API and notifications) > Register Webhook</b> with version <b>2.0.0</b> and press the test button there.<br><br><b>When the workflow is active</b>, it starts on its own for every event that is sent to the Production URL. Register that URL in the same place.`,
				active: `<b>To try it</b>, click the button above and send an event to the Test URL.<br><br><b>The workflow is active</b>: events that Hotmart sends to the Production URL start it. They are listed under <b>Executions</b>.`,
			},
			activationHint: 'Activate the workflow, then register its Production URL in Hotmart.',
		},
		defaults: { name: 'Hotmart Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [{ name: 'hotmartWebhookApi', required: true, testedBy: 'hottokTest' }],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: 'ok',
				path: 'webhook',
			},
		],
		properties: [
			{
				displayName: SETUP,
				name: 'setup',
				type: 'notice',
				default: '',
			},
			{
				displayName: 'Events',
				name: 'events',
				type: 'multiOptions',
				required: true,
				options: [
					{
						name: 'All Events',
						value: ALL,
						description: 'Also events that Hotmart may add in the future',
					},
					...Object.entries(EVENTS).map(([value, { label: name, description }]) => ({ name, value, description })),
				],
				default: [ALL],
				description: 'Which events start the workflow. Hotmart gets a success for all others, too.',
			},
			{
				displayName: 'Simplify',
				name: 'simplify',
				type: 'boolean',
				default: true,
				description: 'Whether to return a simplified version of the response instead of the raw data',
			},
			{
				displayName: 'Options',
				name: 'options',
				type: 'collection',
				placeholder: 'Add option',
				default: {},
				options: [
					{
						displayName: 'Accept Test Events',
						name: 'acceptTestEvents',
						type: 'boolean',
						default: false,
						description:
							'Whether events of the test button in Hotmart start the active workflow, too. They always start a manual test.',
					},
				],
			},
		],
	};

	methods = {
		credentialTest: {
			/** Checks the form of a hottok; whether it is the account's shows only when Hotmart sends something. */
			async hottokTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const hottok = String(credential.data?.webhookToken ?? '');
				if (hottok.trim() === '') return { status: 'Error', message: 'Enter the hottok: without it every event is refused' };
				if (/\s/.test(hottok))
					return { status: 'Error', message: 'The hottok contains a space or a line break: copy it again from Hotmart' };
				return { status: 'OK', message: 'The hottok is filled in. Press the test button in Hotmart to see it work.' };
			},
		},
	};

	/** Hotmart has no API to register a webhook, so there is nothing to create and nothing to delete (facts §5.1). */
	webhookMethods = {
		default: {
			checkExists: async () => true,
			create: async () => true,
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const { webhookToken } = await this.getCredentials('hotmartWebhookApi');
		const body: unknown = this.getBodyData();
		const answer = (status: number, message: string): IWebhookResponseData => {
			this.getResponseObject().status(status).json({ message });
			return { noWebhookResponse: true };
		};

		if (!hasHottok(this.getHeaderData() as IDataObject, body, String(webhookToken ?? '').trim()))
			return answer(401, 'The hottok is missing or wrong');
		const envelope = parse(body);
		if (!envelope) return answer(400, 'This is not an event of Hotmart webhook version 2.0.0');

		// Hotmart switches a webhook off whose URL answers errors, so what is not wanted is a success as well.
		const events = this.getNodeParameter('events') as string[];
		const isWanted = events.includes(ALL) || (isKnownEvent(envelope.event) && events.includes(envelope.event));
		if (!isWanted) return answer(200, 'Ignored: the workflow does not listen to this event');
		const item = toItem(envelope);
		const acceptTests = this.getMode() === 'manual' || this.getNodeParameter('options.acceptTestEvents', false);
		if (item.test && !acceptTests) return answer(200, 'Ignored: an event of the test button');

		const json = this.getNodeParameter('simplify') ? item : withoutHottok(body as IDataObject);
		return { workflowData: [this.helpers.returnJsonArray(json as unknown as IDataObject)] };
	}
}
