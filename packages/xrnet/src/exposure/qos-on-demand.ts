/**
 * Capability exposure: an application asks the network for a quality, watches it, and is told when it is lost. Terms and rules
 * are those of CAMARA's Quality-On-Demand API (camaraproject/QualityOnDemand, read 2026-11), which operators put before the
 * NEF of TS 23.502 4.15.6.6; src/node/exposure-api.ts speaks its HTTP.
 *
 * A session raises a user's priority level. Admission: the shares of the carrier that all sessions' guaranteed rates need with
 * their users' radio as it is must stay under {@link ADMITTED_SHARE}; when fading or movement take more than all of it, the
 * newest session is ended.
 */
import { badInput, type Clock, type Rng } from '@mixreel/core';
import type { UserState } from '../cell/network-state.ts';
import { DEFAULT_PRIORITY_LEVEL } from '../mac/link-user.ts';
import type { Direction } from '../phy/tdd.ts';

/** What the network offers under one name. */
export interface QosProfile {
    readonly name: string;
    readonly description: string;
    /** Guaranteed rates, bit/s. */
    readonly minDownstreamBps: number;
    readonly minUpstreamBps: number;
    /** Priority level, 1 to 127, lower first. */
    readonly level: number;
    /** Longest session, s. */
    readonly maxDurationS: number;
}

/** CAMARA's four names. The rates are round figures for XR; the levels are those of 5QI 80 and 87 to 89 (TS 23.501 5.7.4). */
export const QOS_PROFILES: readonly QosProfile[] = Object.freeze([
    profile('QOS_E', 'Lowest delay: split rendering and motion tracking', 5e6, 5e6, 25),
    profile('QOS_S', 'Small: 8 Mbit/s, cloud gaming', 8e6, 1e6, 68),
    profile('QOS_M', 'Medium: 30 Mbit/s, VR and AR', 30e6, 2e6, 68),
    profile('QOS_L', 'Large: 45 Mbit/s, VR of high resolution', 45e6, 4e6, 68)
]);

/** Share of the carrier that sessions may be promised. */
export const ADMITTED_SHARE = 0.8;
/** Sessions at once. */
const MAX_SESSIONS = 1024;

/** The network as sessions see it. */
export interface QosControl {
    /** The user behind a device identifier, or null. */
    userOf(device: string): number | null;
    /** What a user would get alone, bit/s. */
    aloneRateBps(ue: number, direction: Direction): number;
    setPriorityLevel(ue: number, direction: Direction, level: number): void;
    /** The newest network state of a user, or null before the first. */
    stateOf(ue: number): UserState | null;
}

/** `AVAILABLE`: the network gives it; `UNAVAILABLE`: it does not, or no longer. */
export type QosStatus = 'AVAILABLE' | 'UNAVAILABLE';
export type QosStatusInfo = 'DURATION_EXPIRED' | 'NETWORK_TERMINATED' | 'DELETE_REQUESTED';

/** A session. Times are ns on the control's clock. */
export interface QosSession {
    readonly sessionId: string;
    readonly device: string;
    /** Address of the application's server. */
    readonly applicationServer: string;
    readonly profile: QosProfile;
    readonly startedNs: number;
    /** When it ends or ended. */
    readonly expiresNs: number;
    readonly status: QosStatus;
    readonly statusInfo: QosStatusInfo | null;
}

/** What is asked for. */
export interface QosRequest {
    readonly device: string;
    readonly applicationServer: string;
    readonly qosProfile: string;
    readonly durationS: number;
}

/** Why something was not done. */
export type QosRefusal =
    | 'unknown-device'
    | 'unknown-profile'
    | 'bad-duration'
    | 'conflict'
    | 'unknown-session'
    | 'full';

/** See the file comment. */
export class QosOnDemand {
    readonly profiles: readonly QosProfile[];
    readonly #control: QosControl;
    readonly #clock: Clock;
    readonly #ids: Rng;
    readonly #onStatus: (session: QosSession) => void;
    readonly #sessions = new Map<string, QosSession>();
    #made = 0;

    /**
     * @param ids - Where session ids come from: the same seed gives the same ids.
     * @param onStatus - Called whenever a session becomes available or unavailable.
     */
    constructor(
        control: QosControl,
        clock: Clock,
        ids: Rng,
        onStatus: (session: QosSession) => void = () => {},
        profiles: readonly QosProfile[] = QOS_PROFILES
    ) {
        if (profiles.length === 0) throw badInput('there are no QoS profiles', 'at least one', 'Leave them out');
        this.profiles = profiles;
        this.#control = control;
        this.#clock = clock;
        this.#ids = ids;
        this.#onStatus = onStatus;
    }

    /** Starts a session; it is `UNAVAILABLE` at once where the cell cannot promise that much more. */
    create(request: QosRequest): QosSession | QosRefusal {
        this.tick();
        const { device, applicationServer, durationS } = request;
        const wanted = this.profiles.find(({ name }) => name === request.qosProfile);
        if (!wanted) return 'unknown-profile';
        if (!(Number.isInteger(durationS) && durationS >= 1 && durationS <= wanted.maxDurationS)) return 'bad-duration';
        if (this.#control.userOf(device) === null) return 'unknown-device';
        const kept = [...this.#sessions.values()];
        if (kept.some((s) => s.device === device && s.applicationServer === applicationServer)) return 'conflict';
        if (kept.length >= MAX_SESSIONS) return 'full';
        const startedNs = this.#clock.nowNs();
        const session: QosSession = {
            sessionId: this.#newId(),
            device,
            applicationServer,
            profile: wanted,
            startedNs,
            expiresNs: startedNs + durationS * 1e9,
            status: 'AVAILABLE',
            statusInfo: null
        };
        const open = kept.filter(({ status }) => status === 'AVAILABLE');
        if (this.#needs([...open, session]) > ADMITTED_SHARE) {
            return this.#put({
                ...session,
                expiresNs: startedNs,
                status: 'UNAVAILABLE',
                statusInfo: 'NETWORK_TERMINATED'
            });
        }
        return this.#put(session);
    }

    /** A session, or `unknown-session`. */
    get(sessionId: string): QosSession | QosRefusal {
        this.tick();
        return this.#sessions.get(sessionId) ?? 'unknown-session';
    }

    /** Sessions of a device, oldest first. */
    ofDevice(device: string): QosSession[] {
        this.tick();
        return [...this.#sessions.values()].filter((session) => session.device === device);
    }

    /** Ends a session and forgets it. */
    delete(sessionId: string): QosSession | QosRefusal {
        this.tick();
        const session = this.#sessions.get(sessionId);
        if (!session) return 'unknown-session';
        this.#sessions.delete(sessionId);
        if (session.status === 'UNAVAILABLE') return session;
        const ended = this.#ended(session, 'DELETE_REQUESTED', this.#clock.nowNs());
        this.#apply(session.device);
        this.#onStatus(ended);
        return ended;
    }

    /** Lengthens a session, at most to its profile's longest. */
    extend(sessionId: string, additionalS: number): QosSession | QosRefusal {
        this.tick();
        const session = this.#sessions.get(sessionId);
        if (!session) return 'unknown-session';
        if (session.status === 'UNAVAILABLE') return 'conflict';
        if (!(Number.isInteger(additionalS) && additionalS >= 1)) return 'bad-duration';
        const longestNs = session.startedNs + session.profile.maxDurationS * 1e9;
        const longer = { ...session, expiresNs: Math.min(longestNs, session.expiresNs + additionalS * 1e9) };
        this.#sessions.set(sessionId, longer);
        return longer;
    }

    /** What the network tells of a device: its newest state and what it would get alone. */
    monitor(device: string): { state: UserState | null; aloneDownstreamBps: number } | QosRefusal {
        const ue = this.#control.userOf(device);
        if (ue === null) return 'unknown-device';
        return { state: this.#control.stateOf(ue), aloneDownstreamBps: this.#control.aloneRateBps(ue, 'downlink') };
    }

    /** Ends what is over, and the newest sessions that the radio no longer carries. Called by every other method. */
    tick(): void {
        const nowNs = this.#clock.nowNs();
        for (const session of this.#sessions.values()) {
            if (session.status !== 'AVAILABLE' || session.expiresNs > nowNs) continue;
            this.#put(this.#ended(session, 'DURATION_EXPIRED', session.expiresNs));
        }
        const open = [...this.#sessions.values()].filter(({ status }) => status === 'AVAILABLE');
        while (open.length > 0 && this.#needs(open) > 1) {
            this.#put(this.#ended(open.pop() as QosSession, 'NETWORK_TERMINATED', nowNs));
        }
        this.#forget(nowNs);
    }

    /** Ended sessions can be asked for 360 s, as the API has it. */
    #forget(nowNs: number): void {
        for (const { sessionId, status, expiresNs } of this.#sessions.values()) {
            if (status === 'UNAVAILABLE' && nowNs > expiresNs + 360e9) this.#sessions.delete(sessionId);
        }
    }

    #ended(session: QosSession, statusInfo: QosStatusInfo, expiresNs: number): QosSession {
        return { ...session, expiresNs, status: 'UNAVAILABLE', statusInfo };
    }

    /** Keeps a session, brings its device's level up to date and tells of it. */
    #put(session: QosSession): QosSession {
        this.#sessions.set(session.sessionId, session);
        this.#apply(session.device);
        this.#onStatus(session);
        return session;
    }

    /** A device has the best level of its open sessions. */
    #apply(device: string): void {
        const ue = this.#control.userOf(device);
        if (ue === null) return;
        let level = DEFAULT_PRIORITY_LEVEL;
        for (const session of this.#sessions.values()) {
            if (session.device === device && session.status === 'AVAILABLE')
                level = Math.min(level, session.profile.level);
        }
        this.#control.setPriorityLevel(ue, 'downlink', level);
        this.#control.setPriorityLevel(ue, 'uplink', level);
    }

    /** The larger of the two directions' shares that sessions need. */
    #needs(sessions: readonly QosSession[]): number {
        const share = (direction: Direction): number =>
            sessions.reduce((sum, { device, profile: { minDownstreamBps, minUpstreamBps } }) => {
                const ue = this.#control.userOf(device);
                const wanted = direction === 'downlink' ? minDownstreamBps : minUpstreamBps;
                return ue === null ? sum : sum + wanted / Math.max(1, this.#control.aloneRateBps(ue, direction));
            }, 0);
        return Math.max(share('downlink'), share('uplink'));
    }

    /** A UUID of version 4 (RFC 9562) from the seed. */
    #newId(): string {
        const stream = this.#ids.stream('session', this.#made++);
        const hex = Array.from({ length: 4 }, () => stream.uint32().toString(16).padStart(8, '0')).join('');
        const variant = ((Number.parseInt(hex[16] as string, 16) & 3) | 8).toString(16);
        return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    }
}

function profile(name: string, description: string, downBps: number, upBps: number, level: number): QosProfile {
    return Object.freeze({
        name,
        description,
        minDownstreamBps: downBps,
        minUpstreamBps: upBps,
        level,
        maxDurationS: 86_400
    });
}
