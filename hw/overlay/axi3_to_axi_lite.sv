// SPDX-License-Identifier: BSD-3-Clause
// AXI3 slave (Zynq M_AXI_GP0) to AXI4-Lite master.
//
// A burst of any length, size and type becomes single word accesses in order, so that no access of
// the processor can hang the bus. One write and one read at a time; a write's response is the worst
// of its words. WID is not looked at: with one write open there is nothing to interleave.

module axi3_to_axi_lite #(
  // Bits of a transaction id (M_AXI_GP0: 12)
  parameter int unsigned ID_WIDTH = 12,
  // Bits of a register offset
  parameter int unsigned ADDRESS_WIDTH = 12
) (
  input  logic                     ap_clk,
  input  logic                     ap_rst_n,

  // AXI3 (slave)
  input  logic [ID_WIDTH-1:0]      s_axi_awid,
  input  logic [ADDRESS_WIDTH-1:0] s_axi_awaddr,
  input  logic [3:0]               s_axi_awlen,
  input  logic [1:0]               s_axi_awsize,
  input  logic [1:0]               s_axi_awburst,
  input  logic                     s_axi_awvalid,
  output logic                     s_axi_awready,
  input  logic [31:0]              s_axi_wdata,
  input  logic [3:0]               s_axi_wstrb,
  input  logic                     s_axi_wvalid,
  output logic                     s_axi_wready,
  output logic [ID_WIDTH-1:0]      s_axi_bid,
  output logic [1:0]               s_axi_bresp,
  output logic                     s_axi_bvalid,
  input  logic                     s_axi_bready,
  input  logic [ID_WIDTH-1:0]      s_axi_arid,
  input  logic [ADDRESS_WIDTH-1:0] s_axi_araddr,
  input  logic [3:0]               s_axi_arlen,
  input  logic [1:0]               s_axi_arsize,
  input  logic [1:0]               s_axi_arburst,
  input  logic                     s_axi_arvalid,
  output logic                     s_axi_arready,
  output logic [ID_WIDTH-1:0]      s_axi_rid,
  output logic [31:0]              s_axi_rdata,
  output logic [1:0]               s_axi_rresp,
  output logic                     s_axi_rlast,
  output logic                     s_axi_rvalid,
  input  logic                     s_axi_rready,

  // AXI4-Lite (master)
  output logic [ADDRESS_WIDTH-1:0] m_axil_awaddr,
  output logic                     m_axil_awvalid,
  input  logic                     m_axil_awready,
  output logic [31:0]              m_axil_wdata,
  output logic [3:0]               m_axil_wstrb,
  output logic                     m_axil_wvalid,
  input  logic                     m_axil_wready,
  input  logic [1:0]               m_axil_bresp,
  input  logic                     m_axil_bvalid,
  output logic                     m_axil_bready,
  output logic [ADDRESS_WIDTH-1:0] m_axil_araddr,
  output logic                     m_axil_arvalid,
  input  logic                     m_axil_arready,
  input  logic [31:0]              m_axil_rdata,
  input  logic [1:0]               m_axil_rresp,
  input  logic                     m_axil_rvalid,
  output logic                     m_axil_rready
);

  if (ADDRESS_WIDTH < 7) begin : check_address_width
    $error("axi3_to_axi_lite: ADDRESS_WIDTH must be at least 7, the span of a wrapping burst");
  end

  localparam logic [1:0] FIXED = 2'b00;
  localparam logic [1:0] WRAP = 2'b10;

  function automatic logic [ADDRESS_WIDTH-1:0] next_address(
    input logic [ADDRESS_WIDTH-1:0] address, input logic [1:0] size, input logic [1:0] burst,
    input logic [ADDRESS_WIDTH-1:0] span
  );
    logic [ADDRESS_WIDTH-1:0] step;
    step = address + (ADDRESS_WIDTH'(1) << size);
    if (burst == FIXED) next_address = address;
    else if (burst == WRAP) next_address = (address & ~span) | (step & span);
    else next_address = step;
  endfunction

  // Bytes of a wrapping burst, less one
  function automatic logic [ADDRESS_WIDTH-1:0] wrap_span(
    input logic [3:0] length, input logic [1:0] size
  );
    wrap_span = ((ADDRESS_WIDTH'(length) + 1'b1) << size) - 1'b1;
  endfunction

  typedef enum logic [1:0] {IDLE, DATA, ACCESS, RESPOND} state_t;

  state_t write_q, read_q;
  logic [3:0] write_left_q, read_left_q;
  logic [1:0] write_size_q, read_size_q, write_burst_q, read_burst_q;
  logic [ADDRESS_WIDTH-1:0] write_span_q, read_span_q;
  // Address of the word after the one at work; an access takes long enough for a register
  logic [ADDRESS_WIDTH-1:0] write_next_q, read_next_q;
  logic aw_done_q, w_done_q;

  // Write: take the address, then per word DATA (take it) and ACCESS (write it), then RESPOND
  assign s_axi_awready = write_q == IDLE;
  assign s_axi_wready = write_q == DATA;
  assign s_axi_bvalid = write_q == RESPOND;
  assign m_axil_awvalid = write_q == ACCESS && !aw_done_q;
  assign m_axil_wvalid = write_q == ACCESS && !w_done_q;
  assign m_axil_bready = write_q == ACCESS;

  always_ff @(posedge ap_clk) begin
    write_next_q <= next_address(m_axil_awaddr, write_size_q, write_burst_q, write_span_q);
    case (write_q)
      IDLE: if (s_axi_awvalid) begin
        write_q <= DATA;
        s_axi_bid <= s_axi_awid;
        s_axi_bresp <= 2'b00;
        m_axil_awaddr <= s_axi_awaddr;
        write_left_q <= s_axi_awlen;
        write_size_q <= s_axi_awsize;
        write_burst_q <= s_axi_awburst;
        write_span_q <= wrap_span(s_axi_awlen, s_axi_awsize);
      end
      DATA: if (s_axi_wvalid) begin
        write_q <= ACCESS;
        m_axil_wdata <= s_axi_wdata;
        m_axil_wstrb <= s_axi_wstrb;
        aw_done_q <= 1'b0;
        w_done_q <= 1'b0;
      end
      ACCESS: begin
        if (m_axil_awready) aw_done_q <= 1'b1;
        if (m_axil_wready) w_done_q <= 1'b1;
        if (m_axil_bvalid) begin
          if (m_axil_bresp > s_axi_bresp) s_axi_bresp <= m_axil_bresp;
          m_axil_awaddr <= write_next_q;
          write_left_q <= write_left_q - 1'b1;
          write_q <= write_left_q == '0 ? RESPOND : DATA;
        end
      end
      default: if (s_axi_bready) write_q <= IDLE;
    endcase
    if (!ap_rst_n) write_q <= IDLE;
  end

  // Read: take the address, then per word ACCESS (read it) and RESPOND (pass it on)
  assign s_axi_arready = read_q == IDLE;
  assign s_axi_rvalid = read_q == RESPOND;
  assign s_axi_rlast = read_left_q == '0;
  assign m_axil_arvalid = read_q == ACCESS;
  assign m_axil_rready = read_q == DATA;

  always_ff @(posedge ap_clk) begin
    read_next_q <= next_address(m_axil_araddr, read_size_q, read_burst_q, read_span_q);
    case (read_q)
      IDLE: if (s_axi_arvalid) begin
        read_q <= ACCESS;
        s_axi_rid <= s_axi_arid;
        m_axil_araddr <= s_axi_araddr;
        read_left_q <= s_axi_arlen;
        read_size_q <= s_axi_arsize;
        read_burst_q <= s_axi_arburst;
        read_span_q <= wrap_span(s_axi_arlen, s_axi_arsize);
      end
      ACCESS: if (m_axil_arready) read_q <= DATA;
      DATA: if (m_axil_rvalid) begin
        read_q <= RESPOND;
        s_axi_rdata <= m_axil_rdata;
        s_axi_rresp <= m_axil_rresp;
      end
      default: if (s_axi_rready) begin
        m_axil_araddr <= read_next_q;
        read_left_q <= read_left_q - 1'b1;
        read_q <= s_axi_rlast ? IDLE : ACCESS;
      end
    endcase
    if (!ap_rst_n) read_q <= IDLE;
  end

endmodule
