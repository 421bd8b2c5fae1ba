import { randomUUID } from 'node:crypto';

import {
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { readPolicy } from './access/policy';
import { isKnownEvent } from './trigger/events';
import { passes, type EventFilters } from './trigger/filters';
import { offerCodesOf, toItem, type HotmartItem } from './trigger/item';
import { isRepeated, type RepeatOptions } from './trigger/repetition';
import { ALL_EVENTS, countOutputs, OUTPUTS_EXPRESSION, route, type Routing } from './trigger/outputs';
import { getProducts } from './api/search';
import { triggerFields } from './trigger/fields';
import { hasHottok, parse, withoutHottok } from './trigger/delivery';

const MENU = '<b>Tools > Webhook (API and notifications) > Register Webhook</b>';

export class HotmartTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Hotmart Trigger',
		name: 'hotmartTrigger',
		icon: { light: 'file:hotmart.svg', dark: 'file:hotmart.dark.svg' },
		group: ['trigger'],
		// Version 1 of any trigger makes n8n 2.4x evaluate one expression more for every request (measured).
		version: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].length + ($parameter["events"].length === 1 ? " event" : " events") }}',
		description:
			'Starts the workflow when something happens in Hotmart, such as a purchase, a cancellation or a refund',
		eventTriggerDescription:
			'Waiting for Hotmart. Paste the Test URL into a webhook of Hotmart and press its test button, or buy something.',
		activationMessage: 'Events of Hotmart start this workflow as soon as its Production URL is registered in Hotmart.',
		triggerPanel: {
			header: 'Receive events from Hotmart',
			executionsHelp: {
				inactive: `<b>To try it</b>, click the button above: n8n then listens at the Test URL for two minutes. Register the Test URL in Hotmart under ${MENU} with version <b>2.0.0</b> and press the test button there.<br><br><b>Once the workflow is published</b>, it starts by itself for every event that Hotmart sends to the Production URL. Register that URL in the same place.`,
				active: `<b>To try it</b>, click the button above and send an event to the Test URL.<br><br><b>The workflow is published</b>: every event that Hotmart sends to the Production URL starts it. See <b>Executions</b>.`,
			},
			activationHint: 'Publish the workflow (Activate in n8n 1), then register its Production URL in Hotmart.',
		},
		defaults: { name: 'Hotmart Trigger' },
		inputs: [],
		outputs: OUTPUTS_EXPRESSION,
		credentials: [
			{ name: 'hotmartWebhookApi', displayName: 'Hottok', required: true, testedBy: 'hottokTest' },
			{ name: 'hotmartApi', displayName: 'API (for the List of Products)', required: false },
		],
		webhooks: [
			{
				name: 'default',
				httpMethod: 'POST',
				responseMode: 'onReceived',
				responseData: 'ok',
				path: 'webhook',
			},
		],
		properties: triggerFields,
	};

	methods = {
		loadOptions: {
			getProducts,
		},
		credentialTest: {
			/** Checks the form of a hottok; whether it is the account's shows only when Hotmart sends something. */
			async hottokTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const hottok = String(credential.data?.webhookToken ?? '').trim();
				if (hottok === '') return { status: 'Error', message: 'Enter the hottok: without it every event is refused' };
				if (/\s/.test(hottok))
					return {
						status: 'Error',
						message: 'The hottok contains a space or a line break. Copy it again from Hotmart',
					};
				return { status: 'OK', message: 'The hottok is filled in. Press the test button in Hotmart to see it work.' };
			},
		},
	};

	/**
	 * Hotmart has no API to register a webhook (Hotmart §5.1), so nothing is created there. What can be checked when the workflow is
	 * activated, or begins to listen, is that there is a hottok at all: without one every delivery would be refused.
	 */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				return (await readHottoks(this)).length > 0;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				throw new NodeOperationError(this.getNode(), 'The Hotmart Webhook API credential has no hottok', {
					description:
						'Open the credential of the Hotmart Trigger and enter the hottok. In Hotmart it is under Tools > Webhook (API and notifications) > Authentication.',
				});
			},
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const hottoks = await readHottoks(this);
		const body: unknown = this.getBodyData();
		const answer = (status: number, message: string): IWebhookResponseData => {
			this.getResponseObject().status(status).json({ message });
			return { noWebhookResponse: true };
		};

		if (!hasHottok(this.getHeaderData() as IDataObject, body, hottoks))
			return hottoks.length === 0
				? answer(401, 'The Hotmart Webhook API credential of this workflow has no hottok')
				: answer(401, 'The hottok is missing or wrong');
		const envelope = parse(body);
		if (!envelope) return answer(400, 'This is not a Hotmart event: it has no event name with data');

		// Hotmart switches a webhook off whose URL answers errors, so what is not wanted is a success as well.
		const events = this.getNodeParameter('events') as string[];
		const isWanted = events.includes(ALL_EVENTS) || (isKnownEvent(envelope.event) && events.includes(envelope.event));
		if (!isWanted) return answer(200, 'Ignored: the workflow does not listen to this event');
		const policy = readPolicy((name, fallback) => this.getNodeParameter(name, fallback));
		const item = toItem(envelope, policy);
		const acceptTests = this.getMode() === 'manual' || this.getNodeParameter('options.acceptTestEvents', false);
		if (item.test && !acceptTests) return answer(200, 'Ignored: a test event of Hotmart');
		if (!passes(item, readFilters(this.getNodeParameter('filters', {}) as IDataObject), offerCodesOf(envelope, item)))
			return answer(200, 'Ignored: the event does not pass the filters of the workflow');

		const json = (this.getNodeParameter('simplify') ? item : withoutHottok(body as IDataObject)) as unknown;
		// The mark is for `isRepeated`, and in no output.
		return { workflowData: [[{ json: json as IDataObject, delivery: randomUUID() }]] };
	}

	/**
	 * Runs within the execution that `webhook` has started. Only there n8n remembers what was seen before; and it hands on what
	 * `webhook` puts on a second output only in workflows of the newer execution order, so the outputs are chosen here, too.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		const routing = this.getNodeParameter('routing', 0, 'single') as Routing;
		const events = this.getNodeParameter('events', 0) as string[];
		const given = this.getNodeParameter('options', 0, {}) as RepeatOptions;
		// A retry from the start is of an execution that crashed, perhaps after it had noted its event.
		const options = this.getMode() === 'retry' ? { skipOutdated: given.skipOutdated, skipDuplicates: false } : given;
		const isSimple = this.getNodeParameter('simplify', 0) as boolean;
		const policy = readPolicy((name, fallback) => this.getNodeParameter(name, 0, fallback));
		const outputs: INodeExecutionData[][] = Array.from({ length: countOutputs({ routing, events }) }, () => []);
		for (const { delivery, ...entry } of this.getInputData()) {
			const envelope = isSimple ? null : parse(entry.json);
			const item = envelope ? toItem(envelope, policy) : (entry.json as unknown as HotmartItem);
			const received = { item, delivery: typeof delivery === 'string' ? delivery : null };
			if (this.getMode() !== 'manual' && (await isRepeated(this, received, options))) continue;
			outputs[route(item, { routing, events })]!.push(entry);
		}
		return outputs;
	}
}

/** The hottoks of the credential that are filled in. */
async function readHottoks(context: IHookFunctions | IWebhookFunctions): Promise<string[]> {
	const { webhookToken, previousWebhookToken } = await context.getCredentials('hotmartWebhookApi');
	return [webhookToken, previousWebhookToken].map((hottok) => String(hottok ?? '').trim()).filter(Boolean);
}

const list = (value: unknown) =>
	[value]
		.flat()
		.flatMap((entry) => String(entry ?? '').split(','))
		.map((entry) => entry.trim())
		.filter((entry) => entry !== '');

const readFilters = (given: IDataObject): EventFilters => ({
	productIds: [...list(given.products), ...list(given.productIds)],
	plans: list(given.plans),
	offerCodes: list(given.offerCodes),
	kinds: list(given.kinds),
	paymentTypes: list(given.paymentTypes),
	orderBumps: (given.orderBumps as EventFilters['orderBumps'] | undefined) ?? 'all',
});
