/** Injection tokens of parts that have no class to stand for them. */
export const BUS = Symbol('Bus');
export const SERVICE_NAME = Symbol('ServiceName');
