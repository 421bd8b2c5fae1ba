import {
	NodeConnectionTypes,
	NodeOperationError,
	type ICredentialsDecrypted,
	type ICredentialTestFunctions,
	type IDataObject,
	type IExecuteFunctions,
	type IHookFunctions,
	type INode,
	type INodeCredentialTestResult,
	type INodeExecutionData,
	type INodeType,
	type INodeTypeDescription,
	type IWebhookFunctions,
	type IWebhookResponseData,
} from 'n8n-workflow';

import { noteSecrets } from '../../credentials/secrets';
import { RequestError } from '../shared/http';
import { markDelivery, wereSeen } from '../shared/memory';
import { withoutSecret } from '../shared/secret';
import { answer, refuseStranger } from '../shared/webhook';
import { getCourses } from './api/search';
import { confirmAll } from './trigger/confirm';
import { envelopeOf, parse, toJson } from './trigger/delivery';
import { triggerFields } from './trigger/fields';
import { readItem, type TeachableItem } from './trigger/item';
import { secretOf, secretsIn, whyNoSecret } from './trigger/secret';
import { readSettings, refusalOf, type Param, type Settings } from './trigger/settings';

const MENU = '<b>Settings > Webhooks</b>';
const URL_FORM = '<b>?secret=</b> and the secret of the credential';

export class TeachableTrigger implements INodeType {
	description: INodeTypeDescription = {
		displayName: 'Teachable Trigger',
		name: 'teachableTrigger',
		icon: { light: 'file:teachable.svg', dark: 'file:teachable.dark.svg' },
		group: ['trigger'],
		// Version 1 of any trigger makes n8n 2.4x evaluate one expression more for every request (measured).
		version: 2,
		subtitle:
			'={{ $parameter["events"].includes("*") ? "all events" : $parameter["events"].length + ($parameter["events"].length === 1 ? " event" : " events") }}',
		description:
			'Starts the workflow when something happens in Teachable, such as an enrollment, a completed course or a sale',
		eventTriggerDescription:
			'Waiting for Teachable. Register the Test URL with the secret as a webhook, and do something in the school.',
		activationMessage:
			'Events of Teachable start this workflow as soon as its Production URL, with the secret, is registered in Teachable.',
		triggerPanel: {
			header: 'Receive events from Teachable',
			executionsHelp: {
				inactive: `<b>To try it</b>, click the button above: n8n then listens at the Test URL for two minutes. Register the Test URL in Teachable under ${MENU}, followed by ${URL_FORM}, and do something in the school.<br><br><b>Once the workflow is published</b>, it starts by itself for every event that Teachable sends to the Production URL. Register that URL in the same way.`,
				active: `<b>To try it</b>, click the button above and send an event to the Test URL, followed by ${URL_FORM}.<br><br><b>The workflow is published</b>: every event that Teachable sends to the Production URL starts it. See <b>Executions</b>.`,
			},
			activationHint:
				'Publish the workflow (Activate in n8n 1), then register its Production URL with the secret in Teachable.',
		},
		defaults: { name: 'Teachable Trigger' },
		inputs: [],
		outputs: [NodeConnectionTypes.Main],
		credentials: [
			{
				name: 'teachableWebhookApi',
				displayName: 'Teachable Webhook Credential',
				required: true,
				testedBy: 'secretTest',
			},
			{
				name: 'teachableApi',
				displayName: 'Teachable API Credential (confirms events)',
				required: true,
				// With `show: { confirm: [true] }` the editor of n8n 1 opens the dialog of the first credential for this one as well.
				displayOptions: { show: { '@version': [2] }, hide: { confirm: [false] } },
			},
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
		loadOptions: { getCourses },
		credentialTest: {
			/** Checks the form of a secret. Only an event of Teachable shows whether the URL there has it. */
			async secretTest(
				this: ICredentialTestFunctions,
				credential: ICredentialsDecrypted,
			): Promise<INodeCredentialTestResult> {
				const { webhookSecret, previousWebhookSecret } = credential.data ?? {};
				const previous = String(previousWebhookSecret ?? '').trim();
				const problem =
					whyNoSecret(String(webhookSecret ?? '').trim()) ?? (previous === '' ? null : whyNoSecret(previous));
				return problem === null
					? { status: 'OK', message: 'The secret is filled in. Add ?secret= and the secret to the URL in Teachable.' }
					: { status: 'Error', message: problem };
			},
		},
	};

	/**
	 * Teachable has no API to register a webhook (Teachable §4), so nothing is created there. What can be checked when the workflow is
	 * published, or begins to listen, is that it can work: there is a secret, and the filters can match something.
	 */
	webhookMethods = {
		default: {
			async checkExists(this: IHookFunctions): Promise<boolean> {
				try {
					settingsOf(this.getNode(), (name, fallback) => this.getNodeParameter(name, fallback));
				} catch (error) {
					throw new NodeOperationError(this.getNode(), error as Error);
				}
				return (await readSecrets(this)).length > 0;
			},
			async create(this: IHookFunctions): Promise<boolean> {
				throw new NodeOperationError(this.getNode(), 'The Teachable Webhook API credential has no usable secret', {
					description:
						'Open the credential of the Teachable Trigger and enter a secret of at least 32 random letters and digits.',
				});
			},
			delete: async () => true,
		},
	};

	async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
		const secret = secretOf(this.getQueryData() as IDataObject);
		const refused = await refuseStranger(this, secret, {
			trigger: 'Teachable Trigger',
			credential: { type: 'teachableWebhookApi', name: 'Teachable Webhook' },
			secret: 'secret',
			whenNone: 'no usable secret',
			whenWrong: 'The secret in the URL is missing or wrong',
			read: async () => await readSecrets(this),
		});
		if (refused) return refused;

		// Teachable switches off a webhook whose URL answers with errors (Teachable §4), so from here on every answer is a success.
		const envelopes = parse(withoutSecret(this.getBodyData(), secret!, '[secret removed]'));
		if (envelopes.length === 0) return answer(this, 200, 'Ignored: this is not an event of Teachable');
		let settings: Settings | null = null;
		try {
			settings = settingsOf(this.getNode(), (name, fallback) => this.getNodeParameter(name, fallback));
		} catch (error) {
			// The execution meets the same error and shows it. It can be retried once the setting is right.
			this.logger.warn('Teachable Trigger: a setting cannot be read', { reason: (error as Error).message });
		}
		const isManual = this.getMode() === 'manual';
		const refusals = envelopes.map((envelope) => settings && refusalOf(readItem(envelope), settings, isManual));
		const wanted = envelopes.filter((_envelope, index) => refusals[index] === null);
		if (wanted.length === 0) return answer(this, 200, `Ignored: ${[...new Set(refusals)].join('; ')}`);
		return { workflowData: [wanted.map((envelope) => ({ json: toJson(envelope), delivery: markDelivery() }))] };
	}

	/**
	 * Runs within the execution that `webhook` has started, before any other node. Here the events are confirmed: Teachable has had its
	 * answer, so that it may take a while, and where Teachable itself does not answer the execution fails with the events in it.
	 */
	async execute(this: IExecuteFunctions): Promise<INodeExecutionData[][]> {
		try {
			return [await start(this)];
		} catch (error) {
			const failure = explained(this, error as Error);
			// n8n itself would hand on the events as they came.
			if (this.continueOnFail()) return [[{ json: { error: failure.message }, pairedItem: { item: 0 } }]];
			throw failure;
		}
	}
}

/** The items that the workflow starts with. */
async function start(context: IExecuteFunctions): Promise<INodeExecutionData[]> {
	const settings = settingsOf(context.getNode(), (name, fallback) => context.getNodeParameter(name, 0, fallback));
	const isManual = context.getMode() === 'manual';
	const received = context.getInputData().flatMap(({ json, delivery }) => {
		const envelope = envelopeOf(json);
		const item = envelope && readItem(envelope);
		return item === null || refusalOf(item, settings, isManual) !== null ? [] : [{ item, delivery: String(delivery) }];
	});
	const items = received.map(({ item }) => item);
	const confirmed = settings.confirm ? await confirmAll(context, items) : items;
	tellUnconfirmed(
		context,
		items.filter((_item, index) => confirmed[index] === null),
	);
	const skipDuplicates = settings.skipDuplicates && !isManual;
	// A retry is of an execution that failed or crashed, perhaps after it had noted its events, perhaps before: it only notes them.
	const isRetry = context.getMode() === 'retry';
	const out: INodeExecutionData[] = [];
	for (const [index, { delivery }] of received.entries()) {
		const item = confirmed[index];
		if (!item) continue;
		const question = isRetry
			? { keys: [], rivals: [], notes: [item.eventKey], delivery }
			: { keys: [item.eventKey], rivals: [], notes: [], delivery };
		if (skipDuplicates && (await wereSeen(context, question, settings.rememberedEvents))) continue;
		out.push({ json: { ...item } });
	}
	return out;
}

/** Says which events start nothing. Their names and IDs only: the rest may be forged. */
function tellUnconfirmed(context: IExecuteFunctions, items: TeachableItem[]): void {
	if (items.length === 0) return;
	const events = items.map(({ eventKey }) => eventKey.slice(0, 100)).join(', ');
	context.logger.warn(`${context.getNode().name}: Teachable does not confirm these events, so they start nothing`, {
		events,
	});
	context.addExecutionHints?.({
		message: `Teachable does not confirm ${events}. These events started nothing: they are forged, or no longer true.`,
		location: 'outputPane',
	});
}

/** The error of an execution, in words for the user. */
function explained(context: IExecuteFunctions, error: Error): NodeOperationError {
	if (!(error instanceof RequestError)) return new NodeOperationError(context.getNode(), error);
	return new NodeOperationError(context.getNode(), `The events cannot be confirmed: ${error.message}`, {
		description: `Nothing is lost and nothing was done. Retry this execution under Executions later. ${error.description ?? ''}`,
	});
}

const settingsOf = ({ parameters }: INode, param: Param): Settings => readSettings(parameters, param);

/** The usable secrets of the credential. No output of this process shows them from now on. */
async function readSecrets(context: IHookFunctions | IWebhookFunctions): Promise<string[]> {
	const secrets = secretsIn((await context.getCredentials('teachableWebhookApi')) as IDataObject);
	noteSecrets(...secrets);
	return secrets;
}
