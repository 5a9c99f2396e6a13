export interface Words {}
