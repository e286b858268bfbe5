// SPDX-License-Identifier: BSD-3-Clause
// AXI3 read master: fetches consecutive 64-bit words from memory as a stream.
//
// Bursts of at most 16 words that never cross 4 KB, with as many open as there is room for in the
// buffer: what was asked for always has a place, so `rready` never falls. `stop` keeps new bursts
// from being requested; what was requested is still taken, so that the bus is clean when `idle`
// comes up. A read answered with an error is reported and its data passed on: whoever listens ends
// the run.

module beat_reader #(
  // Words the buffer holds; at least one burst
  parameter int unsigned DEPTH = 64
) (
  input  logic        ap_clk,
  input  logic        ap_rst_n,
  // Empties the buffer; only while idle
  input  logic        flush,

  // Request; address is a multiple of 8
  input  logic        go,
  input  logic        stop,
  input  logic [31:0] address,
  input  logic [31:0] words,
  output logic        idle,
  output logic        error,
  output logic        progress,

  // AXI3 read channels (master)
  output logic [31:0] m_axi_araddr,
  output logic [3:0]  m_axi_arlen,
  output logic        m_axi_arvalid,
  input  logic        m_axi_arready,
  input  logic [63:0] m_axi_rdata,
  input  logic [1:0]  m_axi_rresp,
  input  logic        m_axi_rvalid,
  output logic        m_axi_rready,

  // AXI4-Stream output (source)
  output logic [63:0] m_axis_tdata,
  output logic        m_axis_tvalid,
  input  logic        m_axis_tready
);

  localparam int unsigned BURST = 16;
  localparam int unsigned COUNT_WIDTH = $clog2(DEPTH + 1);

  if (DEPTH < BURST) begin : check_depth
    $error("beat_reader: DEPTH must hold a burst of 16 words");
  end

  typedef enum logic [2:0] {IDLE, PLAN, WAIT, ISSUE, REQUEST} state_t;

  state_t state_q;
  logic [28:0] word_address_q;
  logic [31:0] remaining_q;
  logic [9:0] to_boundary;
  logic [4:0] burst, burst_q;
  // Words asked for and not yet passed on / not yet received
  logic [COUNT_WIDTH-1:0] reserved_q, open_q;
  // What the memory sent, a cycle later: its outputs come late in the cycle
  logic [63:0] word_q;
  logic received_q, failed_q;
  logic [2:0] unused_address;
  logic issue, passed, room, unused_tready, unused_tlast;

  assign unused_address = address[2:0];
  assign to_boundary = 10'd512 - 10'(word_address_q[8:0]);
  always_comb begin
    burst = 5'(BURST);
    if (remaining_q < 32'(burst)) burst = remaining_q[4:0];
    if (to_boundary < 10'(burst)) burst = to_boundary[4:0];
  end

  assign room = 32'(reserved_q) + 32'(burst_q) <= 32'(DEPTH);
  // Room never shrinks between WAIT and ISSUE; apart they keep the counters' paths short
  assign issue = state_q == ISSUE;
  assign passed = m_axis_tvalid && m_axis_tready;
  assign idle = state_q == IDLE && open_q == '0;
  assign progress = (m_axi_arvalid && m_axi_arready) || received_q;
  assign m_axi_rready = 1'b1;

  always_ff @(posedge ap_clk) begin
    word_q <= m_axi_rdata;
    received_q <= m_axi_rvalid;
    failed_q <= m_axi_rresp != 2'b00;
    error <= received_q && failed_q;
    case (state_q)
      IDLE: if (go) begin
        word_address_q <= address[31:3];
        remaining_q <= words;
        state_q <= PLAN;
      end
      PLAN: begin
        burst_q <= burst;
        state_q <= stop || remaining_q == '0 ? IDLE : WAIT;
      end
      WAIT: if (stop) state_q <= IDLE;
      else if (room) state_q <= ISSUE;
      ISSUE: begin
        m_axi_araddr <= {word_address_q, 3'b000};
        m_axi_arlen <= 4'(burst_q - 1'b1);
        m_axi_arvalid <= 1'b1;
        word_address_q <= word_address_q + 29'(burst_q);
        remaining_q <= remaining_q - 32'(burst_q);
        state_q <= REQUEST;
      end
      default: if (m_axi_arready) begin
        m_axi_arvalid <= 1'b0;
        state_q <= PLAN;
      end
    endcase
    open_q <= open_q + (issue ? COUNT_WIDTH'(burst_q) : '0) - COUNT_WIDTH'(received_q);
    reserved_q <= reserved_q + (issue ? COUNT_WIDTH'(burst_q) : '0) - COUNT_WIDTH'(passed);
    if (flush) reserved_q <= '0;
    if (!ap_rst_n) begin
      state_q <= IDLE;
      m_axi_arvalid <= 1'b0;
      open_q <= '0;
      reserved_q <= '0;
      received_q <= 1'b0;
      error <= 1'b0;
    end
  end

  fifo #(
    .DATA_WIDTH(64),
    .DEPTH(DEPTH)
  ) buffer (
    .ap_clk,
    .ap_rst_n(ap_rst_n && !flush),
    .s_axis_tdata(word_q),
    .s_axis_tvalid(received_q),
    .s_axis_tready(unused_tready),
    .s_axis_tlast(1'b0),
    .m_axis_tdata,
    .m_axis_tvalid,
    .m_axis_tready,
    .m_axis_tlast(unused_tlast)
  );

endmodule
